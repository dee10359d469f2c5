"""What an answer of several exchanges says when one of them is missing, or has no such market."""

from typing import Any

import pytest

from service.market.contract import ExchangeUnavailable, UnknownSymbol
from tests.support.fake_apps import app_of, ask
from tests.support.fake_exchange import SYMBOL, T0, FakeExchange

PATHS = ("heatmap", "profile", "zones")


@pytest.mark.parametrize("path", PATHS)
def test_coverage_and_quality_never_rise_with_a_loss(path: str) -> None:
    """Whichever of three is gone, be it the poorest or the largest: no share, count or part of the whole rises."""
    query = {"exchange": "a,b,c", "range_pct": 10, "uncertainty": "true"}
    whole = ask(app_of(*three()), f"/v1/{path}", **query)
    for lost in "abc":
        fakes = three()
        for fake in fakes:
            if fake.id == lost:
                fake.fail("ohlcv", ExchangeUnavailable(lost, "is down"))
        body = ask(app_of(*fakes), f"/v1/{path}", **query)
        for name in ("exchanges", "columns", "bars", "open_interest_share", "mark_price_share", "order_book"):
            assert body["coverage"][name] <= whole["coverage"][name], (lost, name)
        assert body["coverage"]["first_bar"] >= whole["coverage"]["first_bar"]
        for name in ("data_quality", "confidence"):
            assert body[name]["value"] <= whole[name]["value"], (lost, name)
        assert _sum(body) < _sum(whole)
        for less, part in zip(body["data_quality"]["parts"], whole["data_quality"]["parts"], strict=True):
            assert less["value"] <= part["value"], (lost, part["name"])


def _sum(body: dict[str, Any]) -> float:
    """Return the parts of the data quality together, which are finer than the whole."""
    return sum(part["value"] for part in body["data_quality"]["parts"])


def three() -> tuple[FakeExchange, ...]:
    """Return a rich exchange, one that was listed lately, and one with little to tell."""
    fakes = FakeExchange("a"), FakeExchange("b", price=100.2), FakeExchange("c", price=99.9)
    fakes[1].listed = T0 - 4 * 86_400_000
    fakes[2].lacks(mark_price=False, open_interest_history=False)
    fakes[2].fail("order_book", ExchangeUnavailable("c", "no book"))
    return fakes


def test_one_that_does_not_list_the_market_is_no_failure(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """It is told apart from a failing one: data quality is that of the other alone, coverage and a warning say so."""
    pair[1].fail("markets", UnknownSymbol("b", "BTC"))
    body = ask(app_of(*pair), "/v1/heatmap", exchange="a,b")
    alone = ask(app_of(*pair), "/v1/heatmap", exchange="a")
    absent = body["sources"][1]
    assert (absent["state"], absent["reason"]) == ("not_listed", "b lists no perpetual swap 'BTC'")
    nulls = ("symbol", "open_interest_usd", "as_of", "liquidation_rule", "tiers")
    assert all(absent[name] is None for name in nulls)
    assert body["data_quality"] == alone["data_quality"]
    told = {name: body["coverage"][name] for name in ("exchanges", "exchanges_wanted", "exchanges_not_listing")}
    assert told == {"exchanges": 1, "exchanges_wanted": 2, "exchanges_not_listing": 1}
    assert "b is left out: b lists no perpetual swap 'BTC'." in body["warnings"]


def test_each_source_says_what_it_gave(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Symbol, rule, tiers, newest close, and the open interest that its weight is the share of."""
    body = ask(app_of(*pair), "/v1/heatmap", exchange="a,b")
    for source in body["sources"]:
        assert (source["symbol"], source["liquidation_rule"], source["tiers"]) == (SYMBOL, "binance", "exchange")
        assert (source["as_of"], source["columns"]) == ("2025-06-01T00:00:00Z", 168)
    total = sum(source["open_interest_usd"] for source in body["sources"])
    for source in body["sources"]:
        assert source["weight"] == pytest.approx(source["open_interest_usd"] / total, abs=1e-6)
