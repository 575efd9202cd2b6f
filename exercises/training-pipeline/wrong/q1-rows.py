# loses: 3
# message: The hold-out is the last whole days by schedule, and training is what lies before: look at where you cut.
# public: fails
def forward_split(flights, days):
    holdout = flights.tail(days * 30)
    return flights.drop(holdout.index), holdout
