# loses: 3
# message: Two numbers were expected: low and high.
# public: fails
def day_interval(flights, resamples=1000, seed=1, level=0.95):
    low = high = None
    return low, high
