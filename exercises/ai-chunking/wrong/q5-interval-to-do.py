# loses: 2
# message: A dictionary with four numbers was expected: gain, low, high and n.
# public: fails
def gain(table, chosen, baseline, resamples=2000, seed=1):
    held_out = table[table["split"] == "test"]
    side = held_out.pivot(index="question_id", columns="setting", values="recall")
    differences = side[chosen] - side[baseline]
    return {"gain": float(differences.mean()), "low": None, "high": None, "n": len(differences)}
