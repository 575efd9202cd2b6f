# loses: 1
# message: With equal scores the window's AUC is off, on arrival or when one leaves.
# public: passes
import bisect


def window_auc(arrivals, size):
    kept, won, found = {0: [], 1: []}, 0, []
    for place, (score, label) in enumerate(arrivals):
        moves = [(score, label, 1)]
        if place >= size:
            old = arrivals[place - size]
            del kept[old[1]][bisect.bisect_left(kept[old[1]], old[0])]
            moves.insert(0, (*old, -1))
        for each, kind, sign in moves:
            others = kept[1 - kind]
            won += sign * (
                bisect.bisect_right(others, each) if kind else len(others) - bisect.bisect_left(others, each)
            )
        bisect.insort(kept[label], score)
        both = len(kept[0]) * len(kept[1])
        found.append(won / both if both else None)
    return found
