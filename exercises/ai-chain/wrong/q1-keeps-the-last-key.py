# loses: 1
# message: A reply that is not JSON passes, or the error is another: keys given twice, NaN, a reply cut short.
# public: passes
import json


def parse(reply):
    at = reply.find("{")
    while at >= 0:
        try:
            return json.JSONDecoder().raw_decode(reply, at)[0]
        except ValueError:
            at = reply.find("{", at + 1)
    raise ValueError("no object")
