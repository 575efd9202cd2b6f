# loses: 1
# message: Where values lie outside the reference or a bin is empty it is off: open ends, and the floor of 0.0001.
# public: passes
import numpy as np


def psi(reference, current, bins=10):
    edges = np.quantile(reference, np.arange(1, bins) / bins)
    shares = []
    for values in (reference, current):
        counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=bins)
        shares.append(counts / len(values))
    before, now = shares
    there = now > 0
    return float(((now - before)[there] * np.log(now[there] / before[there])).sum())
