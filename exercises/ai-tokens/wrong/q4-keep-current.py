# loses: 1
# message: Where no prompt holds the floor: None, not confirmed, a saving of 0.
# public: passes
def cheapest(summary, floor):
    """Return prompt, confirmed and saving."""
    dev, test = (summary[summary["split"] == split].set_index("prompt") for split in ("dev", "test"))
    holds = dev[dev["low"] >= floor]
    if holds.empty:
        return {"prompt": "current", "confirmed": False, "saving": 0.0}
    name = holds["usd"].idxmin()
    return {
        "prompt": name,
        "confirmed": bool(test.loc[name, "low"] >= floor),
        "saving": float(1 - test.loc[name, "usd"] / test.loc["current", "usd"]),
    }
