# loses: 2
# message: An object with braces around it, or inside its texts, is not found: let a decoder say where it ends.
# public: fails
import json


def parse(reply):
    try:
        return json.loads(reply.strip().removeprefix("```json").removesuffix("```"))
    except ValueError:
        return {}
