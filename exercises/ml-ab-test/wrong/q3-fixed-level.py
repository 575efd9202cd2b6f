# loses: 1
# message: At another level your interval is off: use `level` for the quantile.
# public: passes
def difference(sessions, level=0.95):
    users = sessions.groupby(["arm", "user"])["converted"].agg(["sum", "size"])
    rate, variance = {}, 0.0
    for arm in ("A", "B"):
        x, s = users.loc[arm]["sum"], users.loc[arm]["size"]
        rate[arm] = x.sum() / s.sum()
        variance += len(x) / (len(x) - 1) * ((x - rate[arm] * s) ** 2).sum() / s.sum() ** 2
    gap = rate["B"] - rate["A"]
    return {"difference": gap, "low": gap - 1.96 * variance**0.5, "high": gap + 1.96 * variance**0.5}
