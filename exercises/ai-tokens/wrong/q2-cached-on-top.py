# loses: 1
# message: Cached tokens are part of prompt_tokens: pay each token once, at its own price.
# public: passes
def usd_per_1000(usage, prices):
    """Return USD for a thousand calls like these."""
    total = 0
    for call in usage:
        fresh = call["prompt_tokens"]
        total += fresh * prices["prompt"] + call["cached_tokens"] * prices["cached"]
        total += call["completion_tokens"] * prices["completion"]
    return total / len(usage) / 1000
