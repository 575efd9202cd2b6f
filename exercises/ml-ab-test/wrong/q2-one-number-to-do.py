# loses: 3
# message: `false_alarms` is to be a number: the share of tests in which a look raised an alarm.
# public: fails
def peeking(looks, users, base, level=0.05, tests=4000, seed=1):
    return {"false_alarms": None}
