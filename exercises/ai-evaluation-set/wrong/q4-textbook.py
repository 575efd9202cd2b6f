# loses: 2
# message: Too few, near 0 or 1 above all: use Wilson's half-width, not the textbook's.
# public: passes
from statistics import NormalDist

import numpy as np


def questions_needed(share, half_width, level=0.95):
    """Return the smallest n whose Wilson interval is at most half_width to either side."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    return int(np.ceil(z**2 * share * (1 - share) / half_width**2))
