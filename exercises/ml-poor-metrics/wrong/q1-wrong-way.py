# loses: 3
# message: A strength is off: look at the direction of the lag, and at every lag on both sides.
# public: fails
def realign(log, lag):
    alarms = log[["hour", "alarm"]].assign(hour=log["hour"] + lag)
    return log.drop(columns="alarm").merge(alarms, on="hour").sort_values("hour", ignore_index=True)


def lag_strengths(log, largest=6):
    found = {}
    for lag in range(-largest, largest + 1):
        pairs = realign(log, lag)
        found[lag] = pairs.drop(columns=["hour", "alarm"]).corrwith(pairs["alarm"]).abs().max()
    return found
