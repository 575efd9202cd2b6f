# loses: 1
# message: Where values lie outside the reference or a bin is empty it is off: open ends, and the floor of 0.0001.
# public: passes
import numpy as np


def psi(reference, current, bins=10):
    edges = np.quantile(reference, np.arange(1, bins) / bins)
    kept = current[(current >= reference.min()) & (current <= reference.max())]
    if len(kept) < 0.9 * len(current):
        current = kept
    shares = []
    for values in (reference, current):
        counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=bins)
        shares.append(np.maximum(counts / max(len(values), 1), 0.0001))
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
