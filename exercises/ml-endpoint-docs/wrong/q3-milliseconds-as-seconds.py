# loses: 1
# message: A busy service: the client gives up too early, or waits another time than the reply says.
# public: passes
def errors():
    return {
        "422": {"retry": False},
        "429": {"retry": True, "wait_field": "wait", "wait_unit": "s"},
        "503": {"retry": True, "wait_seconds": 20},
    }
