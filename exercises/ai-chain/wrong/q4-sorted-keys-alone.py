# loses: 2
# message: Keys, spaces or characters are off: look at the first two lines of the task.
# public: fails
import json


def canonical(ticket):
    return json.dumps(ticket, sort_keys=True)
