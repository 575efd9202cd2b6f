# loses: 2
# message: Cut elsewhere, the lines change: think of half characters, and of what ends a line.
# public: fails
def lines_of(pieces):
    text = "".join(piece.decode("utf-8", errors="replace") for piece in pieces)
    yield from text.splitlines()
