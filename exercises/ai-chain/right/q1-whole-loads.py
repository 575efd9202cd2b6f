import json


def parse(reply):
    def pairs(items):
        names = [name for name, _ in items]
        if len(set(names)) != len(names):
            raise ValueError("twice")
        return {name: each for name, each in items}

    def constant(name):
        raise ValueError(name)

    for start, character in enumerate(reply):
        if character == "{":
            for end in range(len(reply), start, -1):
                if reply[end - 1] == "}":
                    try:
                        return json.loads(reply[start:end], object_pairs_hook=pairs, parse_constant=constant)
                    except ValueError:
                        pass
    raise ValueError("none")
