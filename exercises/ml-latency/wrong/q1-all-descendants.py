# loses: 1
# message: Own times are off in a deeper trace: subtract only spans directly inside, add up equal names.
# public: passes
def own_time(spans):
    own = {}
    for span in spans:
        inner = [s for s in spans if s is not span and s["start"] >= span["start"] and s["end"] <= span["end"]]
        busy = span["end"] - span["start"] - sum(s["end"] - s["start"] for s in inner)
        own[span["name"]] = own.get(span["name"], 0) + busy
    return own


def speedup(own, part, factor):
    whole = sum(own.values())
    return whole / (whole - own[part] + own[part] / factor)
