# loses: 1
# message: A value at a limit, or a pattern in the middle of a text, is judged wrongly.
# public: passes
import re


def problems(ticket, schema):
    def kind(value):
        if value is None:
            return ["null"]
        if isinstance(value, bool):
            return ["boolean"]
        if isinstance(value, str):
            return ["string"]
        if isinstance(value, (int, float)):
            return ["number", "integer"] if value == round(value) else ["number"]
        return []

    found = [f"{name}: required" for name in schema.get("required", []) if name not in ticket]
    if schema.get("additionalProperties") is False:
        found += [f"{name}: additionalProperties" for name in ticket if name not in schema["properties"]]
    for name, rule in schema["properties"].items():
        if name not in ticket:
            continue
        value, is_ = ticket[name], kind(ticket[name])
        wanted = rule.get("type", is_)
        if is_ != wanted and not any(each in wanted for each in is_):
            found.append(f"{name}: type")
        if "enum" in rule and not any(value == each and kind(each) == is_ for each in rule["enum"]):
            found.append(f"{name}: enum")
        if "number" in is_ and "minimum" in rule and value < rule["minimum"]:
            found.append(f"{name}: minimum")
        if "number" in is_ and "exclusiveMinimum" in rule and value < rule["exclusiveMinimum"]:
            found.append(f"{name}: exclusiveMinimum")
        if "string" in is_ and "pattern" in rule and not re.fullmatch(rule["pattern"], value):
            found.append(f"{name}: pattern")
    return sorted(found)
