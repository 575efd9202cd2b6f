# loses: 3
# message: Your kappa is off: chance agreement multiplies each labeller's own share of a grade, summed over grades.
# public: fails
import numpy as np


def agreement(first, second):
    """Return agree, kappa and kappa_touched."""
    first, second = np.array(first), np.array(second)

    def kappa(a, b):
        if len(a) == 0:
            return None
        chance = sum((np.append(a, b) == grade).mean() ** 2 for grade in (0, 1, 2))
        if chance > 1 - 1e-12:
            return None
        return float(((a == b).mean() - chance) / (1 - chance))

    touched = (first != 0) | (second != 0)
    return {
        "agree": float((first == second).mean()),
        "kappa": kappa(first, second),
        "kappa_touched": kappa(first[touched], second[touched]),
    }
