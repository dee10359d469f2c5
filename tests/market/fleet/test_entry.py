"""Seals: what was not put under this very key, as it is, is not there."""

import pytest

from service.market.contract import BadData, ExchangeUnavailable, Funding
from service.market.fleet.entry import DATED, DOCUMENT, SEAL_BYTES, Dated, Document, Failure, _seal, opened, sealed
from service.market.fleet.values import Unreadable

VALUE = Funding(0.0001, 8.0, 5)


def test_a_value_under_its_key() -> None:
    """It comes out as it went in."""
    assert opened("lh:a", sealed("lh:a", VALUE)) == VALUE


def test_a_value_under_another_key() -> None:
    """A cache that answers one key with another's value is found out."""
    with pytest.raises(Unreadable):
        opened("lh:b", sealed("lh:a", VALUE))


def test_every_altered_byte_is_found() -> None:
    """One flipped bit anywhere, a cut or an addition breaks the seal."""
    good = sealed("lh:a", VALUE)
    altered = [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in range(len(good))]
    for data in (*altered, good[:-1], good + b"0", good[:16], b"", None):
        with pytest.raises(Unreadable):
            opened("lh:a", data)


@pytest.mark.parametrize("kind", [ExchangeUnavailable, BadData])
def test_a_failure(kind: type[ExchangeUnavailable]) -> None:
    """Another replica raises what the first one met."""
    error = kind("bybit", "HTTP 429 from /v5/market/kline", 7.5, rest=True)
    found = opened("lh:a", sealed("lh:a", Failure.of(error)))
    assert isinstance(found, Failure)
    again = found.error()
    assert (type(again), str(again), again.retry_after, again.rest, again.cause) == (
        kind,
        str(error),
        7.5,
        True,
        error.cause,
    )


def test_a_value_with_its_end() -> None:
    """Both come out as they went in."""
    found = opened("lh:a", sealed("lh:a", Dated(VALUE, 1005.25)))
    assert isinstance(found, Dated)
    assert (found.value, found.until) == (VALUE, 1005.25)


def test_what_json_holds() -> None:
    """It comes out as it went in, and what it cannot hold is refused."""
    assert opened("lh:a", sealed("lh:a", Document({"a": [1, 2.5, None]}))) == Document({"a": [1, 2.5, None]})
    with pytest.raises(TypeError):
        sealed("lh:a", Document(object()))


@pytest.mark.parametrize(
    "body",
    [
        DATED,
        DATED + b"\x00" * 7,
        DATED + b"\x7f\xf0" + b"\x00" * 6 + sealed("lh:a", VALUE)[SEAL_BYTES + 1 :],
        DATED + b"\xff" * 8 + sealed("lh:a", VALUE)[SEAL_BYTES + 1 :],
        DATED + b"\x00" * 8 + b"junk",
        DOCUMENT,
        DOCUMENT + b"junk",
    ],
)
def test_what_is_sealed_and_no_value(body: bytes) -> None:
    """A seal says whose bytes they are, and not that they can be read."""
    with pytest.raises(Unreadable):
        opened("lh:a", _seal("lh:a", body) + body)
