# loses: 2
# message: Not every place of the stream has the same chance: count in many runs.
# public: passes
def reservoir(stream, k, rng):
    sample = []
    for item in stream:
        if len(sample) < k:
            sample.append(item)
        elif rng.random() < 0.5:
            sample[rng.randrange(k)] = item
    return sample
