# loses: 1
# message: After a retraining, drift is compared with the month in which the new model was trained.
# public: passes
def monthly_cost(drift, loss, threshold, retrain_cost):
    trained, costs = 0, []
    for month in range(1, len(loss)):
        costs.append(loss[trained][month])
        if month < len(loss) - 1 and drift[0][month] > threshold:
            costs[-1] += retrain_cost
            trained = month
    return costs
