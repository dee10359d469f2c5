"""A digest of arrays and plain values: what is the same has the same one."""

from dataclasses import fields
from hashlib import blake2b
from typing import Any

import numpy as np


def digest_of(*parts: Any) -> str:  # noqa: ANN401 - any dataclass of arrays and plain values, or None
    """Return a digest of everything in the parts that is compared."""
    digest = blake2b(digest_size=16)
    for part in parts:
        for field in (each for each in fields(part) if each.compare) if part is not None else ():
            value = getattr(part, field.name)
            digest.update(value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
        digest.update(b"|")
    return digest.hexdigest()
