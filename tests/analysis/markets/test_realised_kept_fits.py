"""A fit that is kept is of these very inputs: whatever changes what is fitted makes one of its own."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from service.analysis.concurrency.admission import Admission
from service.analysis.concurrency.bulkheads import Bulkheads
from service.analysis.concurrency.parallel import Patience
from service.analysis.concurrency.seats import Seats
from service.analysis.digest import digest_of
from service.analysis.markets.realised import MixFit, fitted
from service.analysis.services import Services
from service.cache import TimedCache
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.leverage import preset
from service.heatmap.skill.fit_mix import Fit
from service.market.contract import Liquidations, MarketData
from service.market.feed import FeedQuery, MarketFeed
from tests.support.fake_apps import Publishing, app_of, ask
from tests.support.fake_exchange import T0, Clock

DAY = 86_400_000
QUERY = FeedQuery("fake", "BTC", "1h", 20 * 24)
USUAL = Assumptions.of(replace(preset("default"), name="fitted"))
FITTED = {"exchange": "fake", "mix": "fitted", "lookback": "20d", "bins": 20}


class Revised(Publishing):
    """Publishes luck and, in every hour, a `surplus` of longs."""

    def __init__(self, surplus: float) -> None:
        """Add so much, quote currency, to some hours and less to others."""
        super().__init__("fake")
        self.surplus = surplus

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Liquidations:
        """Return luck and the surplus."""
        found = super().liquidations(symbol, timeframe, since, until)
        return Liquidations(found.time, found.long + self.surplus * np.sin(found.time) ** 2, found.short)


def services_of(fits: TimedCache[Fit], surplus: float = 0.0) -> Services:
    """Return what the resources share, on one exchange, with these kept fits."""
    clock = Clock()
    feed = MarketFeed({"fake": Revised(surplus)}, clock)
    patience = Patience(1.0, Seats(8, clock))
    return Services(feed, clock, Bulkheads(["fake"], 1, 1), patience, fits, Admission(10.0))


def fit(services: Services, data: MarketData, assumptions: Assumptions = USUAL, **venue: Any) -> MixFit:
    """Return what fitting comes to on the data."""
    terms = replace(VenueTerms(data.rule, data.tiers, data.taker_fee), **venue)
    return fitted(services, QUERY, data, assumptions, terms, alone=True)[1]


@pytest.fixture
def fits() -> TimedCache[Fit]:
    """Return no fit yet."""
    return TimedCache(64, 3600.0, Clock())


@pytest.fixture
def data(fits: TimedCache[Fit]) -> MarketData:
    """Return the fake market."""
    return services_of(fits).feed.load(QUERY)


def count(fits: TimedCache[Fit]) -> int:
    """Return how many fits are kept."""
    return len(fits._values)


def test_equal_inputs_share_a_fit(fits: TimedCache[Fit], data: MarketData) -> None:
    """Asked again, by another query that loads the same market, nothing is fitted anew."""
    one, other = fit(services_of(fits), data), fit(services_of(fits), replace(data))
    assert digest_of(one.fit) == digest_of(other.fit)
    assert count(fits) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"churn": 0.5},
        {"position_notional": 2e7},
    ],
    ids=str,
)
def test_other_assumptions(fits: TimedCache[Fit], data: MarketData, change: dict[str, Any]) -> None:
    """What the caller may choose about traders."""
    usual, other = fit(services_of(fits), data), fit(services_of(fits), data, replace(USUAL, **change))
    assert count(fits) == 2
    assert digest_of(other.fit) != digest_of(usual.fit)


def test_another_moment(fits: TimedCache[Fit], data: MarketData) -> None:
    """As many bars, a day earlier."""
    earlier = services_of(fits).feed.load(replace(QUERY, as_of=T0 - DAY))
    assert len(earlier.bars) == len(data.bars)
    usual, other = fit(services_of(fits), data), fit(services_of(fits), earlier)
    assert count(fits) == 2
    assert digest_of(other.fit) != digest_of(usual.fit)


def test_bars_that_were_revised(fits: TimedCache[Fit], data: MarketData) -> None:
    """The same hours with another volume."""
    revised = replace(data, bars=replace(data.bars, volume=data.bars.volume[::-1].copy()))
    fit(services_of(fits), data), fit(services_of(fits), revised)
    assert count(fits) == 2


def test_liquidations_that_were_revised(fits: TimedCache[Fit], data: MarketData) -> None:
    """The same bars beside other liquidations, as when a late hour came in."""
    usual, other = fit(services_of(fits), data), fit(services_of(fits, surplus=1e6), data)
    assert count(fits) == 2
    assert digest_of(other.fit) != digest_of(usual.fit)


@pytest.mark.parametrize("change", ["tiers", "rule", "fee"])
def test_other_terms_of_the_exchange(fits: TimedCache[Fit], data: MarketData, change: str) -> None:
    """Tiers, liquidation rule and fee move liquidation prices."""
    services = services_of(fits)
    fit(services, data)
    if change == "tiers":
        tiers = replace(data.tiers, maintenance_rate=2.0 * data.tiers.maintenance_rate)
        fit(services, replace(data, tiers=tiers))
    else:
        fit(services, data, **({"rule": "okx"} if change == "rule" else {"taker_fee": 0.002}))
    assert count(fits) == 2


def test_the_etag_is_of_the_fit_too() -> None:
    """Two replicas that saw other liquidations beside the same bars do not pass for the same answer."""

    def tag(surplus: float, mix: str) -> str | None:
        client = app_of(Revised(surplus)).test_client()
        return client.get("/v1/profile", query_string=FITTED | {"mix": mix}).headers.get("ETag")

    assert None is not tag(0.0, "fitted") == tag(0.0, "fitted") != tag(1e6, "fitted")
    assert tag(0.0, "default") == tag(1e6, "default")


@pytest.mark.parametrize("query", [{"churn": 0.5}, {"position_notional": 2e7}, {"as_of": T0 - DAY}], ids=str)
def test_through_http(query: dict[str, object]) -> None:
    """An application that has kept a fit answers another question as one that has kept none."""
    app = app_of(Publishing("fake"))
    first = ask(app, "/v1/profile", **FITTED)["assumptions"]["fits"]
    second = ask(app, "/v1/profile", **(FITTED | query))["assumptions"]["fits"]
    assert second != first
    assert second == ask(app_of(Publishing("fake")), "/v1/profile", **(FITTED | query))["assumptions"]["fits"]
