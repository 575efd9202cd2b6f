import re

IS = {
    "null": lambda v: v is None,
    "boolean": lambda v: v is True or v is False,
    "string": lambda v: isinstance(v, str),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "integer": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool) and v % 1 == 0,
}


def same(a, b):
    return (a, isinstance(a, bool)) == (b, isinstance(b, bool))


HOLDS = {
    "type": lambda v, r: any(IS[t](v) for t in ([r] if isinstance(r, str) else r)),
    "enum": lambda v, r: any(same(v, each) for each in r),
    "minimum": lambda v, r: not IS["number"](v) or v >= r,
    "exclusiveMinimum": lambda v, r: not IS["number"](v) or v > r,
    "pattern": lambda v, r: not IS["string"](v) or re.search(r, v) is not None,
}


def problems(ticket, schema):
    out = set()
    for name, rules in schema["properties"].items():
        if name in ticket:
            out |= {f"{name}: {word}" for word, rule in rules.items() if not HOLDS[word](ticket[name], rule)}
    out |= {f"{name}: required" for name in set(schema.get("required", ())) - set(ticket)}
    if not schema.get("additionalProperties", True):
        out |= {f"{name}: additionalProperties" for name in set(ticket) - set(schema["properties"])}
    return sorted(out)
