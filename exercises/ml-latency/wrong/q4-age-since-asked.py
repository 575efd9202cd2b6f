# loses: 1
# message: An answer differs from what fetch gave: a caller may change its list, and entries grow old.
# public: passes
def cached(fetch, ttl, size, clock):
    kept = {}

    def answer(key):
        entry = kept.pop(key, None)
        if entry is None or clock() - entry[0] >= ttl:
            entry = (clock(), list(fetch(key)))
        kept[key] = (clock(), entry[1])
        if len(kept) > size:
            del kept[next(iter(kept))]
        return list(entry[1])

    return answer
