# loses: 3
# message: Types or enum are off: in JSON true is no number, 3.0 is an integer, and 1.0 is 1 but true is not.
# public: fails
def problems(ticket, schema):
    for name in schema["required"]:
        if name not in ticket:
            return [f"{name}: required"]
    for name, value in ticket.items():
        rule = schema["properties"].get(name, {})
        if "enum" in rule and value not in rule["enum"]:
            return [f"{name}: enum"]
    return []
