# loses: 2
# message: With days of equal size and no day effect your share is off: look at the degrees of freedom.
# public: fails
def day_correlation(flights):
    grouped = flights.groupby("day")["delay"]
    between = grouped.transform("mean").var(ddof=0)
    return float(between / flights["delay"].var(ddof=0))
