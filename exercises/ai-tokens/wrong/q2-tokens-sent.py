# loses: 2
# message: Without a cache your cost is off: the mean of a call, with its reply, times 1000.
# public: fails
def usd_per_1000(usage, prices):
    """Return USD for a thousand calls like these."""
    total = 0
    for call in usage:
        fresh = call["prompt_tokens"] - call["cached_tokens"]
        total += fresh * prices["prompt"] + call["cached_tokens"] * prices["cached"]
    return total / len(usage) / 1000
