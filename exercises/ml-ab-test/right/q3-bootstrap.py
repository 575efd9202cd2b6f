import numpy as np


def difference(sessions, level=0.95):
    rng = np.random.default_rng(8)
    drawn, seen = {}, {}
    for arm, own in sessions.groupby("arm"):
        users = own.groupby("user")["converted"].agg(["sum", "size"]).to_numpy()
        times = rng.multinomial(len(users), np.full(len(users), 1 / len(users)), size=4000) @ users
        drawn[arm], seen[arm] = times[:, 0] / times[:, 1], own["converted"].mean()
    low, high = np.quantile(drawn["B"] - drawn["A"], [(1 - level) / 2, (1 + level) / 2])
    return {"difference": seen["B"] - seen["A"], "low": low, "high": high}
