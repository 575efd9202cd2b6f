# loses: 3
# message: With questions and answers in turn the wrong messages stay: whole turns, latest first.
# public: passes
def fitting(messages, budget):
    turns = []
    for message in messages[1:]:
        if message["role"] == "user":
            turns.append([])
        if turns:
            turns[-1].append(message)
    left, kept = budget - messages[0]["tokens"], []
    for turn in reversed(turns):
        size = sum(message["tokens"] for message in turn)
        if size <= left:
            left -= size
            kept = turn + kept
    if not kept:
        raise ValueError("nothing fits")
    return [messages[0], *kept]
