# loses: 2
# message: Not every place of the stream has the same chance: count in many runs.
# public: passes
def reservoir(stream, k, rng):
    sample = []
    for before, item in enumerate(stream):
        if before < k:
            sample.append(item)
        elif (place := rng.randrange(before)) < k:
            sample[place] = item
    return sample
