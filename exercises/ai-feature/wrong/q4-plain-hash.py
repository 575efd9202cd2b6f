# loses: 2
# message: For a usual event the seven fields are off: look at `who` (HMAC), `ms`, `error`.
# public: passes
import hashlib
import json

TOPICS = ["booking", "tracking", "damage", "invoice", "customs", "other"]


def log_line(event, key):
    error = event["error"]
    return json.dumps(
        {
            "who": hashlib.sha256(event["user"].encode()).hexdigest()[:12],
            "characters": len(event["text"]),
            "topic": event["topic"] if event["topic"] in TOPICS else "other",
            "source": event["source"],
            "reason": event["reason"],
            "ms": int(1000 * event["seconds"]),
            "error": error and error.partition(":")[0],
        }
    )
