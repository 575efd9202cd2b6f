# loses: 2
# message: Choose on development alone; test says only whether the choice is confirmed.
# public: passes
def cheapest(summary, floor):
    """Return prompt, confirmed and saving."""
    dev, test = (summary[summary["split"] == split].set_index("prompt") for split in ("test", "test"))
    holds = dev[dev["low"] >= floor]
    if holds.empty:
        return {"prompt": None, "confirmed": False, "saving": 0.0}
    name = holds["usd"].idxmin()
    return {
        "prompt": name,
        "confirmed": bool(test.loc[name, "low"] >= floor),
        "saving": float(1 - test.loc[name, "usd"] / test.loc["current", "usd"]),
    }
