"""Frames of JSON on a socket: four bytes of length, then the text. Standard library only."""

import json
import socket
import struct

_DUMPS, _LOADS, _PACK = json.dumps, json.loads, struct.pack  # the learner's code may put others in their place
LARGEST = 1_000_000  # bytes of an answer


class Broken(ValueError):
    """What came is no frame: "ended" (the other side is gone), "size" or "form"."""


def send(connection: socket.socket, value) -> None:
    """Send a value. NaN and infinities are written as Python's json does."""
    text = _DUMPS(value).encode()
    connection.sendall(_PACK("!I", len(text)) + text)


def receive(connection: socket.socket, largest: int = LARGEST):
    """Return the next value. Raises Broken, and TimeoutError after the socket's timeout.

    The length is checked before anything is read, so a large answer is never held in memory.
    """
    (length,) = struct.unpack("!I", _exactly(connection, 4))
    if length > largest:
        raise Broken("size")
    try:
        return _LOADS(_exactly(connection, length))
    except (ValueError, RecursionError):
        raise Broken("form") from None


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        try:
            part = connection.recv(min(count, 65536))
        except ConnectionError:
            part = b""
        if not part:
            raise Broken("ended")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
