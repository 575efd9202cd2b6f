"""Split prose into sentences: the same way for the passages of lab 2 and for the pages of the book."""

import re

END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9`\"'(])")


def split(text: str) -> list[str]:
    """Return the sentences of `text`: a full stop, ! or ? ends one where a capital, digit, quote or bracket follows."""
    return [part.strip() for part in END.split(text) if part.strip()]
