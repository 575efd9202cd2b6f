# loses: 1
# message: With overlap your windows are off: each starts size - overlap later, and none lies inside the one before.
# public: passes
def windows(text, size, overlap):
    """Return the text's windows of `size` words, each sharing `overlap` with the next."""
    words = text.split()
    found = []
    for start in range(0, len(words), size - overlap):
        found.append(" ".join(words[start : start + size]))
    return found
