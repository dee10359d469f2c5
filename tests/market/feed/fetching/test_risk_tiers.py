"""Tiers come from the exchange, else from the last time, from another exchange or from a table, and it is told."""

from dataclasses import replace

import numpy as np
import pytest

from service.market.contract import BadData, ExchangeUnavailable, Market, MarketError, Tiers, Unsupported
from service.market.feed import LIMITS
from service.market.feed.feed import MarketFeed
from service.market.feed.fetching.risk_tiers import FAILED_SECONDS
from tests.support.fake_exchange import NOW, SYMBOL, Clock, FakeExchange
from tests.support.feed_queries import LIVE

FAILURES = [ExchangeUnavailable("fake", "down"), BadData("fake", "html"), Unsupported("fake has none")]


@pytest.mark.parametrize("error", FAILURES)
def test_a_map_without_its_tiers_is_drawn_with_assumed_ones(error: MarketError) -> None:
    """They are Binance's for the coin, at most at the market's leverage; `missing` says why they are not its own."""
    fake, clock = FakeExchange("fake"), Clock()
    feed = MarketFeed({"fake": fake}, clock)
    fake.fail("tiers", error)
    data = feed.load(LIVE)
    assert data.missing == {"tiers": str(error)}
    assert (data.tiers.source, data.tiers.dated) == ("assumed", "2024-10-24")
    assert data.tiers.max_leverage.max() == 100.0
    assert data.bars.time[0] == feed.load(LIVE).bars.time[0]
    assert len(fake.asked("tiers")) == 1
    del fake.before["tiers"]
    assert feed.load(LIVE).tiers.source == "assumed"
    clock.now = NOW + FAILED_SECONDS + 1
    healed = feed.load(LIVE)
    assert (healed.missing, healed.tiers.source) == ({}, "exchange")


def test_the_last_ones_stand_in_before_assumed_ones() -> None:
    """Tiers that were read hours ago are better than a table of years ago; their age is theirs."""
    fake, clock = FakeExchange("fake"), Clock()
    feed = MarketFeed({"fake": fake}, clock)
    market = feed.market("fake", "BTC")
    first = feed.tiers("fake", market).tiers
    clock.now += LIMITS["tiers"].fresh + 1
    fake.fail("tiers", ExchangeUnavailable("fake", "down"))
    found = feed.tiers("fake", market)
    assert found.lack == "fake: down"
    assert (found.tiers.source, found.tiers.read_at) == ("exchange", first.read_at)


class Young(FakeExchange):
    """An exchange that shows no tiers, and a coin that no table has yet."""

    def markets(self) -> dict[str, Market]:
        """Return the market of a new coin."""
        market = super().markets()[SYMBOL]
        return {"NEW/USDT:USDT": replace(market, symbol="NEW/USDT:USDT", base="NEW")}

    def tiers(self, symbol: str) -> Tiers:
        """Return one tier that is assumed."""
        return replace(super().tiers(symbol), source="assumed", note="Risk tiers are assumed.")


class Lender(Young):
    """Another exchange that lists the coin, under two quotes, and shows its tiers."""

    def markets(self) -> dict[str, Market]:
        """Return the same coin, in USDC before USDT."""
        market = super().markets()["NEW/USDT:USDT"]
        usdc = replace(market, symbol="NEW/USDC:USDC", quote="USDC", settle="USDC")
        return {"NEW/USDC:USDC": usdc, "NEW/USDT:USDT": market}

    def tiers(self, symbol: str) -> Tiers:
        """Return tiers of its own."""
        found = FakeExchange.tiers(self, symbol)
        return replace(found, maintenance_rate=np.array([0.007, 0.02]))


def borrowing(*others: FakeExchange) -> tuple[MarketFeed, Market]:
    """Return a feed on an exchange that may borrow of `lender`, beside others."""
    young = Young("young")
    young.lacks(tiers_borrowed_of="lender")
    feed = MarketFeed({each.id: each for each in (young, *others)}, Clock())
    return feed, feed.market("young", "NEW")


def test_what_is_newer_than_the_table_is_borrowed() -> None:
    """The lender's tiers of the same coin and quote take the place of assumed ones, and are said to be borrowed."""
    lender = Lender("lender")
    feed, market = borrowing(lender)
    found = feed.tiers("young", market)
    assert (found.lack, found.tiers.source) == ("", "borrowed")
    assert found.tiers.maintenance_rate.tolist() == [0.007, 0.02]
    assert found.tiers.note == "Risk tiers are borrowed of lender: young shows none of NEW/USDT:USDT in public."
    assert lender.asked("tiers") == [("NEW/USDT:USDT",)]


@pytest.mark.parametrize("broken", [None, "markets", "tiers"])
def test_without_a_lender_they_stay_assumed(broken: str | None) -> None:
    """Where it is not served, or does not answer, or lists no such coin, nothing is borrowed."""
    lender = Lender("lender")
    if broken is not None:
        lender.fail(broken, ExchangeUnavailable("lender", "down"))
    feed, market = borrowing(*([lender] if broken else []))
    assert feed.tiers("young", market).tiers.source == "assumed"
    feed, market = borrowing(FakeExchange("lender"))
    assert feed.tiers("young", market).tiers.source == "assumed"
