# loses: 2
# message: Where hours are missing, or rows mixed, the strengths are off: the row above need not be the hour before.
# public: passes
def realign(log, lag):
    moved = log.assign(alarm=log["alarm"].shift(-lag)).dropna()
    return moved.astype({"alarm": int}).reset_index(drop=True)


def lag_strengths(log, largest=6):
    found = {}
    for lag in range(-largest, largest + 1):
        pairs = realign(log, lag)
        found[lag] = pairs.drop(columns=["hour", "alarm"]).corrwith(pairs["alarm"]).abs().max()
    return found
