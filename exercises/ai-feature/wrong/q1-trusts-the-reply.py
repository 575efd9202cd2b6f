# loses: 1
# message: A reply that is none of the topics, or no text at all, must lead to the fallback with reason invalid.
# public: passes
def suggest(text, call, fallback, clock, limit=1.5):
    end, reason = clock.now + limit, None
    for _ in range(2):
        if clock.now >= end:
            break
        try:
            reply = call(text, timeout=end - clock.now)
            return {"topic": str(reply).strip().lower(), "source": "model", "reason": "ok"}
        except ConnectionError:
            reason = "error"
        except TimeoutError:
            reason = "timeout"
            break
        except Exception:
            reason = "error"
            break
    return {"topic": fallback(text), "source": "fallback", "reason": reason}
