# loses: 1
# message: The numbers of a usual day are off: shares are of the hostile and of the harmless ones.
# public: fails
def a_day(messages, hostile_share, caught, blocked):
    bad = messages * hostile_share
    complaints = messages * blocked
    stopped = bad * caught + complaints
    return {
        "through": bad * (1 - caught),
        "complaints": complaints,
        "harmless_of_blocked": complaints / stopped if stopped else None,
    }
