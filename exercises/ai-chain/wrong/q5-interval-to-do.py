# loses: 1
# message: `interval` is to hold two numbers: low and high.
# public: fails
def score(runs, truth, resamples=1000, seed=1):
    answers = [answer for run in runs for answer in run]
    right = [answer == wanted for run, wanted in zip(runs, truth, strict=True) for answer in run]
    return {
        "valid": sum(answer is not None for answer in answers) / len(answers),
        "same": sum(None not in run and len(set(run)) == 1 for run in runs) / len(runs),
        "right": sum(right) / len(right),
        "interval": None,
    }
