"""Max pain of many symbols: that of each one's profile, and what stands there."""

from dataclasses import replace

import pytest

from service.analysis.requests import AxisRequest, BarsRequest
from service.analysis.results.max_pain import MaxPainRequest, prepare_max_pain
from service.analysis.results.profile import ProfileRequest, prepare_profile
from service.heatmap import BadInput, Side
from service.market.contract import ExchangeUnavailable, UnknownSymbol
from service.times import DAY_MS
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import ASSUMED

BARS = BarsRequest(exchange="a,b", lookback=2 * DAY_MS, assumptions=ASSUMED)
AXIS = AxisRequest(range_pct=15.0, bins=200)


def asked(*symbols: str) -> MaxPainRequest:
    """Return a request for these symbols on two exchanges, or for what is listed."""
    return MaxPainRequest(bars=BARS, axis=AXIS, symbols=symbols or None)


def test_it_is_that_of_the_profile(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """The same price on either side, and the amount of the bin that it lies in."""
    services = services_of(*pair)
    (row,) = prepare_max_pain(services, asked("BTC")).compute()
    whole = ProfileRequest(market=asked().bars.of_symbol("BTC"), axis=AXIS, uncertainty=False, split=False)
    profile = prepare_profile(services, whole).compute()
    assert (row.coin, row.price) == ("BTC", profile.total.price)
    found = {side: (getattr(row, side.value), getattr(profile.newest.max_pain, side.value)) for side in Side}
    assert any(price is not None for _, price in found.values())
    for side, (pain, price) in found.items():
        assert (pain and pain.price) == price
        if pain is not None:
            edges = profile.axis.edges
            inside = (edges[:-1] <= price) & (price < edges[1:])
            assert [pain.notional] == pytest.approx(profile.total.sides[side].notional[inside])


def test_what_is_not_listed_is_left_out(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Unless nothing else was asked for; two ways to write one coin are one row."""
    services = services_of(*pair)
    rows = prepare_max_pain(services, asked("BTC", "BTCUSDT", "XYZ")).compute()
    assert [row.coin for row in rows] == ["BTC"]
    with pytest.raises(UnknownSymbol):
        prepare_max_pain(services, asked("XYZ"))


def test_one_exchange_that_fails_is_missing(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """The others are read without it, under another fingerprint; if all fail, the error is raised."""
    whole = prepare_max_pain(services_of(*pair), asked("BTC"))
    pair[0].fail("ohlcv", ExchangeUnavailable("a", "it is down"))
    without = prepare_max_pain(services_of(*pair), asked("BTC"))
    assert without.fingerprint != whole.fingerprint
    assert len(without.compute()) == 1
    pair[1].fail("ohlcv", ExchangeUnavailable("b", "it is down"))
    with pytest.raises(ExchangeUnavailable):
        prepare_max_pain(services_of(*pair), asked("BTC"))


def test_too_much_work_is_refused(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Before anything is loaded, with what may be asked for."""
    coins = tuple(f"C{number}" for number in range(50))
    far = replace(asked(*coins), bars=replace(BARS, timeframe="5m", lookback=30 * DAY_MS))
    with pytest.raises(BadInput, match="Takes too much work"):
        prepare_max_pain(services_of(*pair), far)
