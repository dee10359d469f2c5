"""A digest of arrays and plain values: what is the same has the same one."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from hashlib import blake2b

import numpy as np


def digest_of(*parts: object) -> str:
    """Return a digest of everything in the parts that is compared: dataclasses, arrays and plain values."""
    digest = blake2b(digest_size=16)
    for part in parts:
        for piece in _pieces(part):
            digest.update(piece)
            digest.update(b"|")
    return digest.hexdigest()


def _pieces(part: object) -> Iterator[bytes]:
    if is_dataclass(part) and not isinstance(part, type):
        yield type(part).__name__.encode()
        for field in fields(part):
            if field.compare:
                yield field.name.encode()
                yield from _pieces(getattr(part, field.name))
    elif isinstance(part, np.ndarray):
        yield f"{part.dtype}{part.shape}".encode()
        yield part.tobytes()
    elif isinstance(part, tuple | list):
        yield f"{type(part).__name__}{len(part)}".encode()
        for item in part:
            yield from _pieces(item)
    else:
        yield repr(part).encode()
