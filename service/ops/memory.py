"""Memory of a process with many threads: how many heaps the C library keeps."""

import ctypes
import os

# glibc's own number for it, from malloc.h.
_M_ARENA_MAX = -8


def bound_arenas(most: int) -> bool:
    """Let threads share so many heaps, instead of having up to eight a processor, each as large as its largest answer.

    Tell whether that was done: an operator's MALLOC_ARENA_MAX stands, and other C libraries have no such heaps.
    """
    if "MALLOC_ARENA_MAX" in os.environ:
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt and mallopt(_M_ARENA_MAX, most))
