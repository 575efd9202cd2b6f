# loses: 3
# message: With questions and answers in turn the wrong messages stay: whole turns, latest first.
# public: fails
def fitting(messages, budget):
    left, kept = budget - messages[0]["tokens"], []
    for message in reversed(messages[1:]):
        if message["tokens"] > left:
            break
        left -= message["tokens"]
        kept.insert(0, message)
    if kept and kept[0]["role"] != "user" and len(kept) < 2:
        raise ValueError("nothing fits")
    return [messages[0], *kept]
