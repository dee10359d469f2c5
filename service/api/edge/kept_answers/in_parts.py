"""In parts: a long body under a coding, its head written as it is, before the rest, which was compressed by itself."""

import struct
from collections.abc import Callable
from typing import Final, NamedTuple

import zstandard
from zlib_ng import zlib_ng

from service.api.edge.kept_answers.compression import GZIP_LEVEL, ZSTD_LEVEL

# A window below nothing: without what gzip puts before and after.
_BARE = -zlib_ng.MAX_WBITS
# What gzip puts before: no time, no name, and a system that is not told. RFC 1952, 2.3.
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
# What begins a zstd frame, whose next byte says that four with the length of the content follow that of the window.
# RFC 8878, 3.1.1; the least window is of 2 to the power of 10.
_ZSTD_MAGIC, _LENGTH_FOLLOWS, _LEAST_WINDOW = 0xFD2FB528, 2 << 6, 10


class Parts(NamedTuple):
    """How a coding is written in parts.

    alone   the rest, compressed by itself
    joined  the body, of its head, the rest, and the rest as `alone` made it
    """

    alone: Callable[[memoryview], bytes]
    joined: Callable[[bytes, memoryview, bytes], bytes]


def _deflated(rest: memoryview) -> bytes:
    under = zlib_ng.compressobj(GZIP_LEVEL, wbits=_BARE)
    return under.compress(rest) + under.flush()


def _gzip(head: bytes, rest: memoryview, deflated: bytes) -> bytes:
    """Return a body under gzip: the head as a stored block, which ends on a whole byte. RFC 1951, 3.2.4."""
    stored = struct.pack("<BHH", 0, len(head), len(head) ^ 0xFFFF)
    check = zlib_ng.crc32(rest, zlib_ng.crc32(head))
    end = struct.pack("<II", check, (len(head) + len(rest)) % 2**32)
    return b"".join((_GZIP_HEAD, stored, head, deflated, end))


def _framed(rest: memoryview) -> bytes:
    return zstandard.compress(rest, ZSTD_LEVEL)


def _zstd(head: bytes, rest: memoryview, framed: bytes) -> bytes:
    """Return a body as one zstd frame: the head as a raw block, which changes nothing for the blocks of the rest."""
    window = max(_LEAST_WINDOW, (zstandard.get_frame_parameters(framed).window_size - 1).bit_length())
    begun = struct.pack("<IBBI", _ZSTD_MAGIC, _LENGTH_FOLLOWS, (window - _LEAST_WINDOW) << 3, len(head) + len(rest))
    raw = (len(head) << 3).to_bytes(3, "little")
    return b"".join((begun, raw, head, framed[zstandard.frame_header_size(framed) :]))


# A brotli stream carries too much from block to block.
IN_PARTS: Final[dict[str, Parts]] = {"gzip": Parts(_deflated, _gzip), "zstd": Parts(_framed, _zstd)}
