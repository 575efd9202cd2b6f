def choose_threshold(costs, until):
    total = {}
    for row in costs.itertuples():
        if row.known <= until:
            total[row.threshold] = total.get(row.threshold, 0) + row.cost
    return min(total, key=lambda threshold: (round(total[threshold], 2), -threshold))
