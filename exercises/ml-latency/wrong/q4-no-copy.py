# loses: 1
# message: After a caller changed its list, or a fetch failed, a later answer differs.
# public: passes
def cached(fetch, ttl, size, clock):
    kept = {}

    def answer(key):
        entry = kept.pop(key, None)
        if entry is None or clock() - entry[0] >= ttl:
            entry = (clock(), fetch(key))
        kept[key] = entry
        if len(kept) > size:
            del kept[next(iter(kept))]
        return entry[1]

    return answer
