"""Each student's own seed: recomputed from a key whenever it is wanted, never stored."""

import hashlib
import hmac
import re
from pathlib import Path

PUBLIC = b"practice"  # the key of the variants of practice: anybody can compute them
VARIANT = re.compile(r"^(\w+ = )\d+(\s*# VARIANT)[^\n]*$", re.MULTILINE)


def salt(path: Path | None) -> bytes:
    """Return the key of the variants from its file; without one, the public key of practice.

    Raises ValueError for a key of under 16 bytes: it could be found by trying.
    """
    if path is None:
        return PUBLIC
    key = path.read_bytes().strip()
    if len(key) < 16:
        raise ValueError(
            f"{path}: a key of {len(key)} bytes; write 16 random ones or more, as `openssl rand -hex 32` does"
        )
    return key


def seed(key: bytes, exercise: str, term: str, student: str, purpose: str = "variant") -> int:
    """Return the seed of a student, below 2**31: HMAC-SHA256 of exercise, term, student and purpose under `key`.

    Without the key nobody can compute another's; purpose "hidden" gives the seeds of hidden cases.
    """
    text = "\0".join((exercise, term, student, purpose)).encode()
    return int.from_bytes(hmac.digest(key, text, hashlib.sha256)[:4], "big") >> 1


def with_seed(source: str, number: int) -> str:
    """Return a cell in which the line marked `# VARIANT` sets this seed."""
    return VARIANT.sub(lambda match: f"{match[1]}{number}  # VARIANT: yours, leave it", source)
