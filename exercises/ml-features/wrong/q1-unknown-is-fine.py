# loses: 1
# message: Values without a time of writing pass as known: nobody can show that they were there.
# public: passes
def late_share(writes):
    late = writes["written"] > writes["decided"]
    return late.groupby(writes["feature"]).mean().to_dict()
