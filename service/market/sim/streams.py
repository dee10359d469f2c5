"""Random streams of the simulated market: one for each key, whatever was drawn before."""

from hashlib import blake2b

import numpy as np


def stream(seed: int, *key: str | int) -> np.random.Generator:
    """Return the generator that belongs to `seed` and `key`, always at its beginning."""
    digest = blake2b(repr((seed, *key)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
