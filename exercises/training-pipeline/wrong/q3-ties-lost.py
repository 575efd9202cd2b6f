# loses: 1
# message: With equal probabilities, or all flights ending alike, a score is off: look at the definition of auc.
# public: passes
import numpy as np


def scorecard(late, probability, rate):
    late, probability = np.asarray(late, dtype=float), np.asarray(probability, dtype=float)
    yes, no = probability[late == 1], probability[late == 0]
    brier = np.mean((probability - late) ** 2)
    return {
        "auc": float((yes[:, None] > no[None, :]).mean()) if len(yes) and len(no) else None,
        "brier": brier,
        "skill": 1 - brier / np.mean((rate - late) ** 2),
        "gap": probability.mean() - late.mean(),
    }
