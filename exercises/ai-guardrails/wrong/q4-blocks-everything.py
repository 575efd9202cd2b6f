# loses: 4
# message: Too many harmless messages are blocked (or nothing is blocked at all): look at what each word aims at.
# public: fails
def risk(text):
    return 1


THRESHOLD = 0.5
