# loses: 1
# message: Where the hold-out has another late rate, skill is off: its rival knows the training rate alone.
# public: passes
import numpy as np
from sklearn.metrics import roc_auc_score


def scorecard(late, probability, rate):
    late, probability = np.asarray(late, dtype=float), np.asarray(probability, dtype=float)
    brier = np.mean((probability - late) ** 2)
    spread = np.mean((late.mean() - late) ** 2)
    return {
        "auc": roc_auc_score(late, probability) if 0 < late.mean() < 1 else None,
        "brier": brier,
        "skill": 1 - brier / spread if spread else 1 - brier / np.mean((rate - late) ** 2),
        "gap": probability.mean() - late.mean(),
    }
