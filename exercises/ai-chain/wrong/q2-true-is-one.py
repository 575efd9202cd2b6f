# loses: 1
# message: Types or enum are off: in JSON true is no number, 3.0 is an integer, and 1.0 is 1 but true is not.
# public: passes
import re

TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}


def problems(ticket, schema):
    found = [f"{name}: required" for name in schema.get("required", []) if name not in ticket]
    for name, value in ticket.items():
        rule = schema["properties"].get(name)
        if rule is None:
            if schema.get("additionalProperties") is False:
                found.append(f"{name}: additionalProperties")
            continue
        wanted = rule.get("type", list(TYPES))
        if not any(isinstance(value, TYPES[each]) for each in ([wanted] if isinstance(wanted, str) else wanted)):
            found.append(f"{name}: type")
        if "enum" in rule and value not in rule["enum"]:
            found.append(f"{name}: enum")
        if isinstance(value, int | float) and not isinstance(value, bool):
            if value < rule.get("minimum", value):
                found.append(f"{name}: minimum")
            if value <= rule.get("exclusiveMinimum", value - 1):
                found.append(f"{name}: exclusiveMinimum")
        if isinstance(value, str) and not re.search(rule.get("pattern", ""), value):
            found.append(f"{name}: pattern")
    return sorted(found)
