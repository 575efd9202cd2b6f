# loses: 2
# message: A dictionary with the numbers low and high was expected, beside the difference.
# public: fails
def difference(sessions, level=0.95):
    rate = sessions.groupby("arm")["converted"].mean()
    return {"difference": float(rate["B"] - rate["A"]), "low": None, "high": None}
