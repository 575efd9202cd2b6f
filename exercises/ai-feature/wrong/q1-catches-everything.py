# loses: 1
# message: With a failing client: try again after ConnectionError alone, let KeyboardInterrupt pass, no Exception.
# public: passes
TOPICS = ["booking", "tracking", "damage", "invoice", "customs", "other"]


def suggest(text, call, fallback, clock, limit=1.5):
    end, reason = clock.now + limit, None
    for _ in range(2):
        if clock.now >= end:
            break
        try:
            reply = call(text, timeout=end - clock.now)
        except TimeoutError:
            reason = "timeout"
            break
        except:  # noqa: E722
            reason = "error"
            continue
        topic = reply.strip().lower() if isinstance(reply, str) else ""
        if topic in TOPICS:
            return {"topic": topic, "source": "model", "reason": "ok"}
        reason = "invalid"
        break
    return {"topic": fallback(text), "source": "fallback", "reason": reason}
