# loses: 1
# message: Below the threshold no call; at it or above, one, with the request.
# public: passes
# ruff: noqa: F821
def respond(question, cited, similarity, threshold, complete):
    """Return answer and citations, or None and an empty list."""
    silent = {"answer": None, "citations": []}
    text = complete(request(question, cited))
    if similarity < threshold:
        return silent
    citations = list(dict.fromkeys(CITED.findall(text)))
    if not citations or not set(citations) <= cited.keys():
        return silent
    answer = without_citations(text)
    known = set().union(*(numbers(cited[name]) for name in citations))
    if not numbers(answer) <= known:
        return silent
    return {"answer": answer, "citations": citations}
