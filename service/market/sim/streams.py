"""Random streams of the simulated market: one for each key, independent of earlier draws."""

from hashlib import blake2b

import numpy as np


def stream(seed: int, *key: str | int) -> np.random.Generator:
    """Return a new generator for `seed` and `key`; equal arguments give equal draws."""
    digest = blake2b(repr((seed, *key)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
