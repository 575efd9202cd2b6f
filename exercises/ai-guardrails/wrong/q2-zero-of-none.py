# loses: 1
# message: At 0%, at 100% or without messages of one kind the answer is off.
# public: passes
def rates(blocked, hostile):
    out, z = {}, 1.96
    for name, kind in (("caught", True), ("blocked", False)):
        found = [b for b, h in zip(blocked, hostile, strict=True) if h == kind]
        n = len(found) or 1
        p = sum(found) / n
        half = z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
        low, high = ((p + z * z / (2 * n) + sign * half) / (1 + z * z / n) for sign in (-1, 1))
        out[name] = {"share": p, "low": low, "high": high, "n": len(found)}
    return out
