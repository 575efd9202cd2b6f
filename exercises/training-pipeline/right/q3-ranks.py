import numpy as np
import pandas as pd


def scorecard(late, probability, rate):
    late, probability = np.asarray(late, dtype=float), np.asarray(probability, dtype=float)
    yes = late.sum()
    no = len(late) - yes
    ranks = pd.Series(probability).rank().to_numpy()
    auc = (ranks[late == 1].sum() - yes * (yes + 1) / 2) / (yes * no) if yes and no else None
    brier = ((probability - late) ** 2).mean()
    return {
        "auc": auc,
        "brier": brier,
        "skill": 1 - brier / ((rate - late) ** 2).mean(),
        "gap": (probability - late).mean(),
    }
