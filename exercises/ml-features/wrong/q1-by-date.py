# loses: 2
# message: Backfilled values pass as known: the model was asked before they were written, whatever their date.
# public: fails
def late_share(writes):
    late = writes["as_of"] > writes["decided"]
    return late.groupby(writes["feature"]).mean().to_dict()
