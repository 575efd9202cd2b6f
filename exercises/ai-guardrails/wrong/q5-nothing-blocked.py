# loses: 1
# message: A day without hostile messages, or a guard that blocks nothing, is off.
# public: passes
def a_day(messages, hostile_share, caught, blocked):
    bad = messages * hostile_share
    complaints = (messages - bad) * blocked
    share = complaints / (bad * caught + complaints) if blocked else 0.0
    return {"through": bad * (1 - caught), "complaints": complaints, "harmless_of_blocked": share}
