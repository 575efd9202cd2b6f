# loses: 1
# message: A busy service: the client gives up too early, or waits another time than the reply says.
# public: fails
def errors():
    return {status: {"retry": False} for status in ("422", "429", "503")}
