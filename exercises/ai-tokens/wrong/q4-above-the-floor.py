# loses: 1
# message: The saving compares the two prompts on test; a limit equal to the floor holds it.
# public: passes
def cheapest(summary, floor):
    """Return prompt, confirmed and saving."""
    dev, test = (summary[summary["split"] == split].set_index("prompt") for split in ("dev", "test"))
    holds = dev[dev["low"] > floor]
    if holds.empty:
        return {"prompt": None, "confirmed": False, "saving": 0.0}
    name = holds["usd"].idxmin()
    return {
        "prompt": name,
        "confirmed": bool(test.loc[name, "low"] >= floor),
        "saving": float(1 - test.loc[name, "usd"] / test.loc["current", "usd"]),
    }
