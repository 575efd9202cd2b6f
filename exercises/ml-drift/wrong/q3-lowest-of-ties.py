# loses: 1
# message: Of thresholds that cost the same, the highest retrains least.
# public: passes
def choose_threshold(costs, until):
    total = costs[costs["known"] <= until].groupby("threshold")["cost"].sum().round(2)
    return float(total.idxmin())
