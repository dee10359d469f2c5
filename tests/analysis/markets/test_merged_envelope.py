"""Several exchanges' envelopes as one: sums, extremes and means, and whatever is missing by name."""

import pytest

from service.analysis.markets.group import Group
from service.market.contract import ExchangeUnavailable, UnknownSymbol
from tests.support.fake_estimate import estimate_of
from tests.support.fake_exchange import T0, FakeExchange

NOW = T0 / 1000 + 60.0
DOWN, UNLISTED = ExchangeUnavailable("c", "is down"), UnknownSymbol("d", "BTC")


@pytest.fixture
def pair() -> Group:
    """Return two exchanges, the second with the most open interest, and one that failed."""
    members = {"a": estimate_of(fake=FakeExchange("a")), "b": estimate_of(fake=FakeExchange("b", price=101.0))}
    return Group(members, {"c": DOWN})


def test_one_exchange_is_its_own(pair: Group) -> None:
    """Nothing is merged, nothing named twice."""
    alone = pair.alone("a")
    assert alone.envelope(NOW).exchange == "a"
    assert alone.envelope(NOW).price == pair.members["a"].data.price


def test_weights_and_price(pair: Group) -> None:
    """Sources carry their share of the open interest, by which prices are averaged."""
    found = pair.envelope(NOW)
    weights = {source.exchange: source.weight for source in found.sources}
    assert weights == pair.weights
    prices = {name: member.data.price for name, member in pair.members.items()}
    assert found.price == pytest.approx(sum(weights[name] * price for name, price in prices.items()))
    assert found.symbol == pair.reference.data.symbol


def test_what_is_missing_counts_as_nothing_known(pair: Group) -> None:
    """A third of three is gone: shares are over all that list the market."""
    coverage = pair.envelope(NOW).coverage
    assert (coverage.exchanges, coverage.exchanges_wanted, coverage.exchanges_not_listing) == (2, 3, 0)
    assert coverage.bars.open_interest_share == pytest.approx(2 / 3, abs=1e-6)


def test_one_that_does_not_list_the_market_takes_nothing_away(pair: Group) -> None:
    """It is named as left out, not as missing."""
    found = Group(pair.members, {"d": UNLISTED}).envelope(NOW)
    assert found.coverage.bars.open_interest_share == 1.0
    assert [(source.exchange, source.listed) for source in found.absent] == [("d", False)]
    assert found.warnings[0] == f"d is left out: {UNLISTED}."


def test_each_ones_warnings_bear_its_name(pair: Group) -> None:
    """And what failed comes first."""
    members = {name: member.until(int(member.data.bars.close_time[-4])) for name, member in pair.members.items()}
    warnings = Group(members, {"c": DOWN}).envelope(NOW).warnings
    assert warnings[0] == "c is missing: c: is down."
    assert {warning[:2] for warning in warnings if "newest 3 bars" in warning} == {"a:", "b:"}
