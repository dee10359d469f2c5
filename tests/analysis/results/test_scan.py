"""The scan: which symbols, and what of them is a row."""

import pytest

from service.analysis.markets import many_symbols
from service.analysis.requests import BarsRequest, RangeRequest
from service.analysis.results.scan import ScanRequest, prepare_scan
from service.heatmap import BadInput
from service.times import DAY_MS
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import ASSUMED

BARS = BarsRequest(exchange="a,b", lookback=2 * DAY_MS, assumptions=ASSUMED)


def asked(*symbols: str, split: bool = False, top: int = 50) -> ScanRequest:
    """Return a request for these symbols on two exchanges, or for what is listed."""
    axis = RangeRequest(range_pct=15.0)
    return ScanRequest(bars=BARS, axis=axis, symbols=symbols or None, split=split, top=top, rank_by="attention")


def test_a_symbol_has_the_bars_of_all() -> None:
    """Its request differs from the others' in the symbol alone."""
    market = asked("BTC").bars.of_symbol("BTC")
    assert (market.symbol, market.exchange, market.lookback) == ("BTC", "a,b", 2 * DAY_MS)


def test_what_is_unknown_is_named_by_exchange() -> None:
    """The others are rows."""
    services = services_of(FakeExchange("a"), FakeExchange("b"))
    result = prepare_scan(services, asked("BTC", "XYZ")).compute()
    assert [row.envelope.symbol for row in result.rows] == ["BTC/USDT:USDT"]
    assert {(failure.symbol, failure.exchange) for failure in result.failed} == {("XYZ", "a"), ("XYZ", "b")}


def test_split_is_there_only_if_asked_for() -> None:
    """Each exchange's own next zones, from its own price."""
    services = services_of(FakeExchange("a"), FakeExchange("b", price=101.0))
    (row,) = prepare_scan(services, asked("BTC", split=True)).compute().rows
    assert row.split is not None
    assert row.split["b"].price > row.split["a"].price
    (row,) = prepare_scan(services, asked("BTC")).compute().rows
    assert row.split is None


def test_too_many_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Symbols times exchanges are bounded, before anything but the listing is fetched."""
    monkeypatch.setattr(many_symbols, "MOST_LOADS", 3)
    with pytest.raises(BadInput, match="2 symbols on 2 exchanges"):
        prepare_scan(services_of(FakeExchange("a"), FakeExchange("b")), asked("BTC", "ETH"))
