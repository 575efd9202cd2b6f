# loses: 1
# message: A number must be among the numbers of a passage that the answer cites, as a whole.
# public: passes
# ruff: noqa: F821
def respond(question, cited, similarity, threshold, complete):
    """Return answer and citations, or None and an empty list."""
    silent = {"answer": None, "citations": []}
    if similarity < threshold:
        return silent
    text = complete(request(question, cited))
    citations = list(dict.fromkeys(CITED.findall(text)))
    if not citations or not set(citations) <= cited.keys():
        return silent
    answer = without_citations(text)
    known = " ".join(cited[name] for name in citations)
    if not all(number in known for number in numbers(answer)):
        return silent
    return {"answer": answer, "citations": citations}
