# loses: 2
# message: A client reads other numbers than the service means: look at both units.
# public: fails
def reply_fields():
    return {
        "eta": {"meaning": "duration", "unit": "min"},
        "late": {"meaning": "chance of delay", "unit": "percent"},
    }
