# loses: 2
# message: A rate or its interval is off: each kind has its own n. Use Wilson's formula.
# public: fails
def rates(blocked, hostile):
    out = {}
    for name, kind in (("caught", True), ("blocked", False)):
        found = [b for b, h in zip(blocked, hostile, strict=True) if h == kind]
        p, n = sum(found) / max(1, len(found)), len(found)
        half = 1.96 * (p * (1 - p) / max(1, n)) ** 0.5
        out[name] = {"share": p, "low": p - half, "high": p + half, "n": n}
    return out
