# loses: 2
# message: The lowest score that keeps the limit was expected: ties are blocked together.
# public: passes
def choose_threshold(scores, hostile, most=0.02):
    for candidate in sorted(set(scores)):
        wrongly = sum(s >= candidate and not h for s, h in zip(scores, hostile, strict=True))
        if wrongly / len(scores) <= most:
            return candidate
    return max(scores)
