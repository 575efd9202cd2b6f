# loses: 2
# message: Your interval is not as wide as users as the unit make it: look at how two arms' errors go together.
# public: passes
from statistics import NormalDist


def difference(sessions, level=0.95):
    users = sessions.groupby(["arm", "user"])["converted"].agg(["sum", "size"])
    rate, error = {}, 0.0
    for arm in ("A", "B"):
        x, s = users.loc[arm]["sum"], users.loc[arm]["size"]
        rate[arm] = x.sum() / s.sum()
        error += (len(x) / (len(x) - 1) * ((x - rate[arm] * s) ** 2).sum()) ** 0.5 / s.sum()
    half = NormalDist().inv_cdf((1 + level) / 2) * error
    gap = rate["B"] - rate["A"]
    return {"difference": gap, "low": gap - half, "high": gap + half}
