# loses: 1
# message: Compare the sentences: above zero, below zero, or holding zero, ends included.
# public: passes
def correction(published, corrected, n_flights):
    ratio = (corrected[1] - corrected[0]) / (published[1] - published[0])
    return {
        "width_ratio": ratio,
        "worth_flights": round(n_flights / ratio**2),
        "conclusion_stands": published[0] <= corrected[1] and corrected[0] <= published[1],
    }
