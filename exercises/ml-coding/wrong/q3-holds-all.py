# loses: 1
# message: You hold more of the stream than the sample needs, or lose items of a short one.
# public: passes
def reservoir(stream, k, rng):
    items = list(stream)
    return rng.sample(items, min(k, len(items)))
