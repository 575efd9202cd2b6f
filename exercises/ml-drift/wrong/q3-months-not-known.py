# loses: 2
# message: You used costs that nobody knew at the end of month `until`, or left out some that were known.
# public: passes
def choose_threshold(costs, until):
    total = costs[costs["month"] <= until].groupby("threshold")["cost"].sum()
    return float(total.idxmin())
