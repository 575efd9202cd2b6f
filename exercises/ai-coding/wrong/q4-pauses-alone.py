# loses: 3
# message: Calls start too early or too late: look at the call that is `calls` places back.
# public: passes
def call_all(requests, send, clock, calls, window, price, budget, attempts=3):
    replies, made, spent = [None] * len(requests), 0, 0
    for number, request in enumerate(requests):
        for attempt in range(attempts):
            if spent + price > budget:
                return {"replies": replies, "spent": spent}
            if made and made % calls == 0:
                clock.wait(window)
            made, spent = made + 1, spent + price
            try:
                replies[number] = send(request)
                break
            except Exception as error:
                pause = getattr(error, "retry_after", None)
                if pause is None and isinstance(error, ConnectionError):
                    pause = 2**attempt
                if pause is None:
                    break
            if attempt < attempts - 1:
                clock.wait(pause)
    return {"replies": replies, "spent": spent}
