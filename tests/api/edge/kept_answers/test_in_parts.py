"""A body written in parts is one that any reader of its coding reads."""

import gzip
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from service.api.edge.kept_answers.in_parts import IN_PARTS

# Lengths about those of blocks and windows.
LENGTHS = [0, 1, 3, 1023, 1024, 1025, 65_536, 131_072, 131_073, 2**21, 2**21 + 1]


def written(head: bytes, rest: bytes, coding: str) -> bytes:
    """Return them as one body under the coding."""
    parts, view = IN_PARTS[coding], memoryview(rest)
    return parts.joined(head, view, parts.alone(view))


def read_whole(body: bytes, coding: str) -> bytes:
    """Return what a reader of the whole body gets."""
    return gzip.decompress(body) if coding == "gzip" else zstandard.ZstdDecompressor().decompress(body)


def read_in_pieces(body: bytes, coding: str) -> bytes:
    """Return what a reader gets who is given a few bytes at a time, and sees the end where it is."""
    reader = zlib.decompressobj(31) if coding == "gzip" else zstandard.ZstdDecompressor().decompressobj()
    pieces = [reader.decompress(body[at : at + 4099]) for at in range(0, len(body), 4099)]
    assert reader.eof
    assert not reader.unused_data
    return b"".join(pieces)


@pytest.mark.parametrize("coding", IN_PARTS)
@pytest.mark.parametrize("length", LENGTHS)
def test_every_reader_gets_the_body(length: int, coding: str) -> None:
    """Whole or piece by piece, whatever the length of the rest; it is one body and not two."""
    head, rest = b'{"age_seconds":1.5,', (b"%d," * 1000 % tuple(n * n for n in range(1000)) * 500)[:length]
    body = written(head, rest, coding)
    assert read_whole(body, coding) == read_in_pieces(body, coding) == head + rest


@given(st.binary(max_size=200), st.binary(max_size=5000), st.sampled_from(sorted(IN_PARTS)))
def test_any_bytes_come_back(head: bytes, rest: bytes, coding: str) -> None:
    """They need not be text, and either part may be empty."""
    assert read_whole(written(head, rest, coding), coding) == head + rest


def test_a_zstd_window_is_one_that_browsers_take() -> None:
    """RFC 9659: not over 8 MB; and the length of the body is told."""
    head, rest = b"head", bytes(n % 251 for n in range(100)) * 200_000
    told = zstandard.get_frame_parameters(written(head, rest, "zstd"))
    assert told.window_size <= 2**23
    assert told.content_size == len(head) + len(rest)


def test_gzip_says_no_time_and_no_file() -> None:
    """Its head is that of an answer in one part."""
    assert written(b"head", b"rest", "gzip")[:9] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00"
