# loses: 2
# message: Data lines, comments, the one space, or an event that was cut off.
# public: passes
def events_of(lines):
    events, name, data = [], "message", ""
    for line in [*lines, ""]:
        if not line:
            if data:
                events.append({"event": name, "data": data})
            name, data = "message", ""
        elif line.startswith("data:"):
            data = (data + "\n" + line[5:].strip()).strip("\n")
        elif line.startswith("event:"):
            name = line[6:].strip()
    return events
