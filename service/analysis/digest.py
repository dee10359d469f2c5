"""A digest of arrays and plain values: what is the same has the same one."""

from dataclasses import fields, is_dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np

# Classes whose fields are kept.
CLASSES_KEPT = 64


def digest_of(*parts: object) -> str:
    """Return a digest of everything in the parts that is compared: dataclasses, arrays and plain values."""
    pieces: list[bytes] = []
    for part in parts:
        _add(part, pieces)
    # With a mark after each: two that are joined differently differ.
    return blake2b(b"|".join([*pieces, b""]), digest_size=16).hexdigest()


def _add(part: object, pieces: list[bytes]) -> None:
    if isinstance(part, np.ndarray):
        pieces += f"{part.dtype.str}{part.shape}".encode(), part.tobytes()
    elif isinstance(part, tuple | list):
        pieces.append(f"{type(part).__name__}{len(part)}".encode())
        for item in part:
            _add(item, pieces)
    elif is_dataclass(part) and not isinstance(part, type):
        pieces.append(type(part).__name__.encode())
        for name, written in _compared(type(part)):
            pieces.append(written)
            _add(getattr(part, name), pieces)
    else:
        pieces.append(repr(part).encode())


@lru_cache(CLASSES_KEPT)
def _compared(kind: type) -> list[tuple[str, bytes]]:
    """Return the fields of a dataclass that are compared, each also as it is written."""
    return [(field.name, field.name.encode()) for field in fields(kind) if field.compare]
