"""Sentences: split the same way for the passages of the RAG lab and the pages of the book, checked the same way too."""

import re

END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9`\"'(])")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")  # 25, 0.6, 3,389 or 08:00, as they are written
WORD = re.compile(r"[^\W\d_]+")
COMMON = frozenset(
    "a an and are as at be been by can for from had has have if in is it its not of on or that the their there they "
    "this to was were which will with you your".split()
)


def split(text: str) -> list[str]:
    """Return the sentences of `text`: a full stop, ! or ? ends one where a capital, digit, quote or bracket follows."""
    return [part.strip() for part in END.split(text) if part.strip()]


def supported(sentence: str, source: str, least: float = 0.8) -> bool:
    """Return whether all numbers of `sentence`, and at least this share of its content words, stand in `source`.

    Each must stand there as a whole: 50 is not supported by 500. Nothing is supported by no word at all.
    """
    numbers, known = NUMBER.findall(sentence), set(NUMBER.findall(source))
    words = [word for word in WORD.findall(sentence.lower()) if word not in COMMON]
    in_source = set(WORD.findall(source.lower()))
    shared = sum(word in in_source for word in words)
    return bool(numbers or words) and set(numbers) <= known and shared >= least * len(words)
