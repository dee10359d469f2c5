"""What goes into the cache comes out the same, and nothing else comes out."""

import math
from dataclasses import replace

import numpy as np
import orjson
import pytest
import zstandard

from service.market.contract import AccountRatio, Candles, Delisting, Tiers
from service.market.fleet.values import Unreadable, packed, unpacked
from tests.support.fake_exchange import HOUR, SYMBOL, T0, FakeExchange

FAKE = FakeExchange()
LISTED = FAKE.markets()[SYMBOL]
TIERS = replace(FAKE.tiers(SYMBOL), cap=math.inf, by_leverage=((10.0, FAKE.tiers(SYMBOL)),), coin_price=60_000.5)
VALUES = {
    "bars": FAKE.ohlcv(SYMBOL, "1h", T0 - 30 * HOUR, T0),
    "interest": FAKE.open_interest(SYMBOL, "1h", T0 - 30 * HOUR, T0),
    "book": FAKE.order_book(SYMBOL),
    "ratio": AccountRatio(1.5, T0),
    "tiers": TIERS,
    "listing": {SYMBOL: replace(LISTED, delisting=Delisting(T0)), "ETH/USDT:USDT": LISTED},
}


def same(one: object, other: object) -> bool:
    """Tell whether two values are equal, arrays by every bit."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    if isinstance(one, dict):
        return isinstance(other, dict) and set(one) == set(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple):
        return isinstance(other, tuple) and len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "__dataclass_fields__"):
        return type(one) is type(other) and same(vars(one), vars(other))
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("name", VALUES)
def test_there_and_back(name: str) -> None:
    """Every kind of value, with what is unknown in it, is the same after it."""
    assert same(unpacked(packed(VALUES[name])), VALUES[name])


def test_what_is_unknown_stays_unknown() -> None:
    """A row that cannot be right is a row of NaN."""
    time = np.array([T0, T0 + HOUR])
    nan = np.array([1.0, np.nan])
    assert same(unpacked(packed(Candles(time, nan, nan, nan, nan, nan))), Candles(time, nan, nan, nan, nan, nan))


def test_the_same_value_gives_the_same_bytes() -> None:
    """So that replicas may compare what they hold."""
    assert packed(VALUES["bars"]) == packed(FAKE.ohlcv(SYMBOL, "1h", T0 - 30 * HOUR, T0))


@pytest.mark.parametrize("value", [object(), {"a": object()}, float("nan"), b"bytes"])
def test_what_is_no_value_is_refused_on_the_way_in(value: object) -> None:
    """A kind that could not be read again is a fault of ours, and must show."""
    with pytest.raises(TypeError):
        packed(value)


def series(time: object, amount: object) -> dict[str, object]:
    """Return what open interest is written as."""
    return {"kind": "OpenInterest", "fields": {"time": time, "amount": amount}}


ROWS = {"array": "<i8", "shape": [2], "bytes": "AAAAAAAAAAABAAAAAAAAAA=="}
LIES = {
    "another kind": {"kind": "Popen", "fields": {"args": "true"}},
    "a missing field": {"kind": "Funding", "fields": {"rate": 1.0}},
    "one field too many": {"kind": "Delisting", "fields": {"at": 1, "by": "us"}},
    "objects in an array": {"array": "|O", "shape": [1], "bytes": "AAAA"},
    "an array of another length": {**ROWS, "shape": [3]},
    "no base 64": {**ROWS, "bytes": "!"},
    "times that fall": series({**ROWS, "bytes": "AQAAAAAAAAAAAAAAAAAAAA=="}, ROWS),
    "columns of different lengths": series(ROWS, {**ROWS, "shape": [2, 1]}),
    "no fields": {"kind": "Funding"},
    "fields that are a list": {"kind": "Funding", "fields": []},
}


@pytest.mark.parametrize("name", LIES)
def test_lies(name: str) -> None:
    """Whatever is not what we write is not read."""
    with pytest.raises(Unreadable):
        unpacked(zstandard.compress(orjson.dumps(LIES[name])))


@pytest.mark.parametrize("data", [b"", b"x", b"\x28\xb5\x2f\xfd", zstandard.compress(b"{"), zstandard.compress(b"")])
def test_junk(data: bytes) -> None:
    """Bytes that are nothing are nothing."""
    with pytest.raises(Unreadable):
        unpacked(data)


def test_a_bomb() -> None:
    """What would unpack to more than any value of ours is not unpacked."""
    with pytest.raises(Unreadable):
        unpacked(zstandard.compress(b"0" * (65 * 1024**2)))


def test_a_kind_of_tiers() -> None:
    """What comes out is of its class, so that its methods are there."""
    found = unpacked(packed(TIERS))
    assert isinstance(found, Tiers)
    assert found.as_counted(inverse=False).by_leverage[0][0] == 10.0
