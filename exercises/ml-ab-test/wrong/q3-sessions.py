# loses: 2
# message: Your interval is too narrow where a user's sessions are alike: users were dealt out, not sessions.
# public: passes
from statistics import NormalDist


def difference(sessions, level=0.95):
    share, size = sessions.groupby("arm")["converted"].mean(), sessions["arm"].value_counts()
    half = NormalDist().inv_cdf((1 + level) / 2) * ((share * (1 - share) / size).sum()) ** 0.5
    gap = share["B"] - share["A"]
    return {"difference": gap, "low": gap - half, "high": gap + half}
