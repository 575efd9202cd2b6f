# loses: 1
# message: Where values are missing the index is off: they are a bin of their own.
# public: passes
import numpy as np


def psi(reference, current, bins=10):
    reference, current = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    reference, current = reference[~np.isnan(reference)], current[~np.isnan(current)]
    edges = np.unique(np.quantile(reference, np.arange(1, bins) / bins))
    shares = []
    for values in (reference, current):
        counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
        shares.append(np.maximum(counts / len(values), 0.0001))
    r, c = shares
    return float(((c - r) * np.log(c / r)).sum())
