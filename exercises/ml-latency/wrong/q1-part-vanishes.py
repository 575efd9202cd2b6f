# loses: 1
# message: The part gets faster, the rest stays as it is: look at what the whole takes afterwards.
# public: fails
def own_time(spans):
    own = {}
    for span in spans:
        inner = sum(s["end"] - s["start"] for s in spans if s["parent"] == span["id"])
        own[span["name"]] = own.get(span["name"], 0) + span["end"] - span["start"] - inner
    return own


def speedup(own, part, factor):
    whole = sum(own.values())
    return whole / (whole - own[part])
