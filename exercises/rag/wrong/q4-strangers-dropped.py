# loses: 1
# message: Look at citations: none, or one that was not given, means silence; each is listed once, in order.
# public: passes
# ruff: noqa: F821
def respond(question, cited, similarity, threshold, complete):
    """Return answer and citations, or None and an empty list."""
    silent = {"answer": None, "citations": []}
    if similarity < threshold:
        return silent
    text = complete(request(question, cited))
    citations = [name for name in dict.fromkeys(CITED.findall(text)) if name in cited]
    if not citations:
        return silent
    answer = without_citations(text)
    known = set().union(*(numbers(cited[name]) for name in citations))
    if not numbers(answer) <= known:
        return silent
    return {"answer": answer, "citations": citations}
