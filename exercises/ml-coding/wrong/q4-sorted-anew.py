# loses: 2
# message: Too many comparisons: an arrival needs a few binary searches, not a new sort or a walk over the window.
# public: passes
import bisect


def window_auc(arrivals, size):
    found = []
    for place in range(len(arrivals)):
        window = arrivals[max(0, place + 1 - size) : place + 1]
        ones = sorted(score for score, label in window if label == 1)
        zeros = [score for score, label in window if label == 0]
        above = sum(2 * len(ones) - bisect.bisect_left(ones, s) - bisect.bisect_right(ones, s) for s in zeros) / 2
        found.append(above / (len(ones) * len(zeros)) if ones and zeros else None)
    return found
