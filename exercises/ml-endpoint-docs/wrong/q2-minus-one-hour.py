# loses: 1
# message: A client takes a reply without a forecast for one; 0 is a forecast.
# public: passes
def reply_fields():
    return {
        "eta": {"meaning": "duration", "unit": "h"},
        "late": {"meaning": "chance of delay", "unit": "percent"},
    }
