# loses: 2
# message: Keys, spaces or characters are off: look at the first two lines of the task.
# public: passes
import json


def canonical(ticket):
    tidy = {}
    for name, value in ticket.items():
        if isinstance(value, str):
            value = " ".join(value.split())
        elif value is not None and value == int(value):
            value = int(value)
        tidy[name] = value
    return json.dumps(tidy, sort_keys=True, separators=(",", ":"))
