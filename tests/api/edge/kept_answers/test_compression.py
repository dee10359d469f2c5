"""Compression: the best liked coding is chosen, and the bytes come back whole and the same every time."""

import gzip
from collections.abc import Callable

import brotli
import pytest
import zstandard

from service.api.edge.kept_answers.compression import CODINGS, IDENTITY, coding_for, compressed

UNDO: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
}


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [("gzip", "gzip"), ("br, gzip;q=0.5", "br"), ("br;q=0.5, gzip", "gzip"), ("gzip, deflate, br, zstd", "zstd"),
     ("gzip, deflate, br", "br"), ("*", "zstd"), ("*;q=0", IDENTITY), ("GZIP", "gzip"), ("gzip;q=0", IDENTITY),
     ("zstd;q=0, *", "br"), ("identity", IDENTITY), ("", IDENTITY), ("x-gzipped", IDENTITY), (";;,", IDENTITY),
     ("gzip;q=nonsense", IDENTITY)],
)  # fmt: skip
def test_the_best_liked_coding(accepts: str, coding: str) -> None:
    """Accept-Encoding is read as it is meant, weights included; of equals the one that is quickest for its size."""
    assert coding_for(accepts) == coding


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("size", [0, 5000, 4_000_000])
def test_the_body_comes_back(coding: str, size: int) -> None:
    """What is sent is the body, in the same bytes each time."""
    body = (b"0123456789" * (size // 10 + 1))[:size]
    sent = compressed(body, coding)
    assert UNDO[coding](sent) == body
    assert compressed(body, coding) == sent


@pytest.mark.parametrize("coding", CODINGS)
def test_a_coding_forgets_what_it_did_before(coding: str) -> None:
    """Whatever was compressed in between, on whatever thread: nothing of it gets into the bytes."""
    body = bytes(n * n % 251 for n in range(50_000))
    first = compressed(body, coding)
    for n in range(5):
        compressed(bytes(n * m % 255 for m in range(30_000 + n)), coding)
        assert compressed(body, coding) == first


def test_gzip_names_no_time_and_no_file() -> None:
    """Its head is what an empty one would be, so that replicas send the same."""
    assert compressed(b"x" * 5000, "gzip")[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"
