# loses: 2
# message: Cut elsewhere, the lines change: think of half characters, and of what ends a line.
# public: passes
def lines_of(pieces):
    text = b"".join(pieces).decode("utf-8", errors="replace")
    yield from text.splitlines()
