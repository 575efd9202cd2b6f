# loses: 1
# message: Where the cache is full the wrong entry goes: who was asked for the longest time ago?
# public: passes
def cached(fetch, ttl, size, clock):
    kept = {}

    def answer(key):
        if key not in kept or clock() - kept[key][0] >= ttl:
            kept.pop(key, None)
            kept[key] = (clock(), list(fetch(key)))
            if len(kept) > size:
                del kept[next(iter(kept))]
        return list(kept[key][1])

    return answer
