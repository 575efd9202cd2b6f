# loses: 2
# message: The lowest score that keeps the limit was expected: ties are blocked together.
# public: fails
import numpy as np


def choose_threshold(scores, hostile, most=0.02):
    harmless = [score for score, bad in zip(scores, hostile, strict=True) if not bad]
    return float(np.quantile(harmless, 1 - most))
