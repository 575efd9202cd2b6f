# loses: 1
# message: With days of different size your share is off: look at n0 and at how days are weighted.
# public: passes
def day_correlation(flights):
    grouped = flights.groupby("day")["delay"]
    size, mean = grouped.size(), grouped.mean()
    total, days = len(flights), len(size)
    between = (size * (mean - flights["delay"].mean()) ** 2).sum() / (days - 1)
    within = ((flights["delay"] - grouped.transform("mean")) ** 2).sum() / (total - days)
    return float((between - within) / (between + (size.mean() - 1) * within))
