# loses: 1
# message: You lost both twins: take out one feature at a time and measure again.
# public: passes
def review(late, drift, added, limit=0.25):
    verdict = {f: "leaks" if late[f] > 0 else "drifts" if drift[f] > limit else "keep" for f in late}
    left = [feature for feature in late if verdict[feature] == "keep"]
    for feature, (_, low, _) in (added(left) if left else {}).items():
        if low <= 0:
            verdict[feature] = "adds nothing"
    return verdict
