# loses: 1
# message: Drift that is equal to the threshold is not above it.
# public: passes
def monthly_cost(drift, loss, threshold, retrain_cost):
    trained, costs = 0, []
    for month in range(1, len(loss)):
        costs.append(loss[trained][month])
        if month < len(loss) - 1 and drift[trained][month] >= threshold:
            costs[-1] += retrain_cost
            trained = month
    return costs
