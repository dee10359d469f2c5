"""Compression: which content coding a caller is sent, and the bytes under it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import brotli
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from zlib_ng import zlib_ng

IDENTITY = "identity"
# A smaller body gains nothing worth a round of decompression.
COMPRESS_FROM = 1024
# Values of Accept-Encoding whose coding is kept, and the longest of them.
CODINGS_KEPT, LONGEST_KEPT = 128, 1000

# Of zlib-ng's levels the one from which more costs more than it saves; with 16 beyond the largest window, as gzip.
GZIP_LEVEL, _GZIP = 5, zlib_ng.MAX_WBITS + 16
ZSTD_LEVEL = 3


def _gzip(body: bytes) -> bytes:
    """Return the body under gzip, whose head has no time and no name: the bytes are the same every time."""
    under = zlib_ng.compressobj(GZIP_LEVEL, wbits=_GZIP)
    return under.compress(body) + under.flush()


def _brotli(body: bytes) -> bytes:
    compressed: bytes = brotli.compress(body, quality=3)
    return compressed


def _zstd(body: bytes) -> bytes:
    return zstandard.compress(body, ZSTD_LEVEL)


# In the order in which they are preferred where a caller likes them equally: zstd is as short as br in a third of its
# time, and gzip is shorter and slower. docs/decisions/compression.md has the figures.
CODINGS: Final[dict[str, Callable[[bytes], bytes]]] = {"zstd": _zstd, "br": _brotli, "gzip": _gzip}


def coding_for(accept_encoding: str) -> str:
    """Return the content coding to send under, by the value of an Accept-Encoding header.

    The best liked that we have; `identity` where none is liked, or where the header is missing.
    """
    if not accept_encoding:
        return IDENTITY
    accepted = parse_accept_header(accept_encoding, Accept)
    best = max(CODINGS, key=accepted.quality)
    return best if accepted.quality(best) > 0 else IDENTITY


_known_coding = lru_cache(CODINGS_KEPT)(coding_for)


def coding_of(accept_encoding: str) -> str:
    """Return what coding_for does; the few spellings that callers use are parsed once."""
    return _known_coding(accept_encoding) if len(accept_encoding) <= LONGEST_KEPT else coding_for(accept_encoding)


def compressed(body: bytes, coding: str) -> bytes:
    """Return the body under one of CODINGS."""
    return CODINGS[coding](body)
