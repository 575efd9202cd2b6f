# loses: 3
# message: After a failure it is off: how long to wait, how often to try, and not to wait in the end.
# public: passes
def call_all(requests, send, clock, calls, window, price, budget, attempts=3):
    replies, times, spent = [None] * len(requests), [], 0
    for number, request in enumerate(requests):
        for attempt in range(attempts):
            if spent + price > budget:
                return {"replies": replies, "spent": spent}
            if len(times) >= calls:
                clock.wait(max(0, times[-calls] + window - clock.now))
            times.append(clock.now)
            try:
                replies[number] = send(request)
                spent += price
                break
            except ConnectionError:
                clock.wait(2**attempt)
            except Exception as error:
                if not hasattr(error, "retry_after"):
                    break
                clock.wait(error.retry_after)
    return {"replies": replies, "spent": spent}
