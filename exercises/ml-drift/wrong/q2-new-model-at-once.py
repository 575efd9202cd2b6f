# loses: 3
# message: Look at the ends: a month pays first and looks then, each retraining is paid, none after the last month.
# public: fails
def monthly_cost(drift, loss, threshold, retrain_cost):
    trained, costs = 0, []
    for month in range(1, len(loss)):
        cost = 0.0
        if month < len(loss) - 1 and drift[trained][month] >= threshold:
            cost, trained = retrain_cost, month
        costs.append(cost + loss[trained][month])
    return costs
