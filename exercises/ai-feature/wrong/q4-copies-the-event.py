# loses: 1
# message: Something that the user wrote reaches the log, by way of the error, the topic or another field.
# public: passes
import hmac
import json


def log_line(event, key):
    line = {name: each for name, each in event.items() if name not in ("user", "text", "seconds")}
    line["who"] = hmac.new(key.encode(), event["user"].encode(), "sha256").hexdigest()[:12]
    line["characters"] = len(event["text"])
    line["ms"] = round(1000 * event["seconds"])
    line["error"] = event["error"].split(":")[0] if event["error"] else None
    return json.dumps(line)
