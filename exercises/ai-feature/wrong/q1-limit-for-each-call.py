# loses: 2
# message: All calls share the limit: a call's timeout is what is left of it, and with nothing left no call is made.
# public: passes
TOPICS = ["booking", "tracking", "damage", "invoice", "customs", "other"]


def suggest(text, call, fallback, clock, limit=1.5):
    reason = "error"
    for _ in range(2):
        try:
            reply = call(text, timeout=limit)
        except ConnectionError:
            continue
        except TimeoutError:
            reason = "timeout"
            break
        except Exception:
            break
        topic = reply.strip().lower() if isinstance(reply, str) else ""
        if topic in TOPICS:
            return {"topic": topic, "source": "model", "reason": "ok"}
        reason = "invalid"
        break
    return {"topic": fallback(text), "source": "fallback", "reason": reason}
