"""Which submissions are alike: shared sequences of tokens, names left out, what was given or is common left out."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from course.grading.submission import Cell

TOKEN = re.compile(r"#[^\n]*|\"[^\"\n]*\"|'[^'\n]*'|[A-Za-z_]\w*|\d[\w.]*|\S")
KEYWORDS = frozenset(
    "and as assert break class continue def del elif else except for from global if import in is lambda not or pass "
    "raise return try while with yield None True False".split()
)
LENGTH = 12  # tokens of a sequence: shorter ones are alike by chance
COMMON = 0.25  # a sequence that this share of the class has says nothing about two of them
LONGEST = 200_000  # characters of a submission that are looked at: nobody writes more by hand
SMALLEST = 20  # sequences of its own that a submission needs before it is compared


def sequences(cells: list[Cell]) -> set[int]:
    """Return hashes of the token sequences of a notebook; renaming and comments change none of them."""
    found, left = set(), LONGEST
    for cell in cells:
        source, left = cell.source[:left], max(0, left - len(cell.source))
        tokens = [_kind(token) for token in TOKEN.findall(source) if not token.startswith("#")]
        for start in range(len(tokens) - LENGTH + 1):
            text = " ".join(tokens[start : start + LENGTH])
            found.add(int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()))
    return found


def pairs(
    notebooks: Iterable[tuple[str, list[Cell]]], given: list[Cell], least: float = 0.5
) -> list[tuple[str, str, float]]:
    """Return (student, student, share) of pairs that share at least `least` of their own sequences, most alike first.

    notebooks: (student, code cells); each is read once and not kept.
    The share is that of the union. Sequences of `given` (the release) and common ones do not count. It is a reason
    to look at two notebooks, not proof: short answers to one task are alike.
    """
    release = sequences(given)
    own = {student: sequences(cells) - release for student, cells in notebooks}
    if len(own) > 8:
        times = Counter(sequence for found in own.values() for sequence in found)
        common = {sequence for sequence, count in times.items() if count > max(3, COMMON * len(own))}
        own = {student: found - common for student, found in own.items()}
    kept = sorted(student for student, found in own.items() if len(found) >= SMALLEST)
    alike = []
    for a, b in combinations(kept, 2):
        shared = len(own[a] & own[b])
        share = shared / (len(own[a]) + len(own[b]) - shared)
        if share >= least:
            alike.append((a, b, round(share, 3)))
    return sorted(alike, key=lambda pair: (-pair[2], pair[0], pair[1]))


def _kind(token: str) -> str:
    if token[0].isalpha() or token[0] == "_":
        return token if token in KEYWORDS else "n"
    return "0" if token[0].isdigit() else '"' if token[0] in "\"'" else token
