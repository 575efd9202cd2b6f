"""Hidden cases of the exercise that the grader is tested with. course-canary-three"""

import numpy as np
import pandas as pd

from course.exercises.cases import Check, call

HIDDEN_WORD = "course-canary-hidden-input"  # in a request: it must not come back in any output


def numbers(seed):
    return [call("add", *np.random.default_rng(seed).integers(-99, 99, size=2).tolist())]


def texts(seed):
    return [call("add", HIDDEN_WORD, str(seed))]


def lists(seed):
    return [call("squares", np.random.default_rng(seed).integers(0, 99, size=20).tolist())]


def tables(seed):
    rng = np.random.default_rng(seed)
    return [call("group_means", pd.DataFrame({"group": rng.choice(list("pqr"), size=30), "x": rng.normal(size=30)}))]


CHECKS = {
    "q1": [Check("numbers", 1, numbers, "The sum is off."), Check("texts", 1, texts, "Texts can be added, too.")],
    "q2": [Check("lists", 2, lists, "The sum of squares is off.")],
    "q3": [Check("tables", 2, tables, "The means are off.")],
}
