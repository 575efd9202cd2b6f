# loses: 2
# message: An object with braces around it, or inside its texts, is not found: let a decoder say where it ends.
# public: passes
import json
import re


def parse(reply):
    found = re.search(r"\{.*\}", reply, re.DOTALL)
    if not found:
        raise ValueError("no object")
    return json.loads(found[0])
