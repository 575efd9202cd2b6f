# loses: 2
# message: A word is lost, or comes twice, without overlap: look at texts that do not end evenly.
# public: fails
def windows(text, size, overlap):
    """Return the text's windows of `size` words, each sharing `overlap` with the next."""
    words = text.split()
    found = []
    for start in range(0, len(words) - size + 1, size - overlap):
        found.append(" ".join(words[start : start + size]))
    return found
