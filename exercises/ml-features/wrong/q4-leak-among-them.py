# loses: 1
# message: Where features leak a verdict differs: a leak hides what the others add, and counts before drift.
# public: passes
def review(late, drift, added, limit=0.25):
    verdict, left = {}, [feature for feature in late if drift[feature] <= limit]
    while left:
        measured = added(left)
        idle = [feature for feature in left if measured[feature][1] <= 0]
        if not idle:
            break
        weakest = min(idle, key=lambda feature: measured[feature][0])
        verdict[weakest] = "adds nothing"
        left.remove(weakest)
    for feature in late:
        if late[feature] > 0:
            verdict[feature] = "leaks"
        elif drift[feature] > limit:
            verdict[feature] = "drifts"
        else:
            verdict.setdefault(feature, "keep")
    return verdict
