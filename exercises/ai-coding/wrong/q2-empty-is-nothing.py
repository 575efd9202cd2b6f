# loses: 1
# message: An event with empty data, a name without data, or a line without a colon is off.
# public: passes
def events_of(lines):
    events, name, data = [], "message", []
    for line in lines:
        if line == "":
            if "\n".join(data):
                events.append({"event": name, "data": "\n".join(data)})
                name = "message"
            data = []
        elif ":" in line:
            field, value = line.split(":", 1)
            value = value[1:] if value.startswith(" ") else value
            if field == "data":
                data.append(value)
            elif field == "event":
                name = value
    return events
