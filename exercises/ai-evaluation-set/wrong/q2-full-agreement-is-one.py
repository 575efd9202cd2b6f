# loses: 1
# message: Where chance agreement is 1, or no pair is left, kappa does not exist: None.
# public: passes
import numpy as np


def agreement(first, second):
    """Return agree, kappa and kappa_touched."""
    first, second = np.array(first), np.array(second)

    def kappa(a, b):
        if len(a) == 0:
            return None
        chance = sum((a == grade).mean() * (b == grade).mean() for grade in (0, 1, 2))
        if chance > 1 - 1e-12:
            return 1.0
        return float(((a == b).mean() - chance) / (1 - chance))

    touched = (first != 0) | (second != 0)
    return {
        "agree": float((first == second).mean()),
        "kappa": kappa(first, second),
        "kappa_touched": kappa(first[touched], second[touched]),
    }
