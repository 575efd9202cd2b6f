# loses: 2
# message: You used costs that nobody knew at the end of month `until`, or left out some that were known.
# public: fails
def choose_threshold(costs, until):
    total = costs.groupby("threshold")["cost"].sum().round(2)
    return float(total[total == total.min()].index.max())
