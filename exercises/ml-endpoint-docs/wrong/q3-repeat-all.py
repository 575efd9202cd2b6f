# loses: 1
# message: A wrong request is sent again and again: it stays wrong.
# public: passes
def errors():
    return {
        "422": {"retry": True, "wait_seconds": 1},
        "429": {"retry": True, "wait_field": "wait", "wait_unit": "ms"},
        "503": {"retry": True, "wait_seconds": 20},
    }
