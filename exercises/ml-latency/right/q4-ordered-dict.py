from collections import OrderedDict


def cached(fetch, ttl, size, clock):
    kept = OrderedDict()

    def answer(key):
        now = clock()
        if key in kept and now - kept[key][0] >= ttl:
            del kept[key]
        if key not in kept:
            row = fetch(key)
            if len(kept) >= size:
                kept.popitem(last=False)
            kept[key] = (now, tuple(row))
        kept.move_to_end(key)
        return list(kept[key][1])

    return answer
