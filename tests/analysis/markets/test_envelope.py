"""What an answer says of its inputs, and what it warns of."""

from dataclasses import replace
from typing import Any

import pytest

from service.analysis.markets.envelope import Envelope, age_seconds, envelope_of
from service.analysis.markets.realised import MixFit
from service.market.contract import MarketData
from tests.support.fake_estimate import estimate_of
from tests.support.fake_exchange import T0

NOW = T0 / 1000 + 90.0


@pytest.fixture
def data() -> MarketData:
    """Return two days of hours."""
    return estimate_of().data


def envelope(data: MarketData, columns: tuple[int, int] = (48, 48), **more: Any) -> Envelope:
    """Return the envelope of a market of which so many columns were wanted and had."""
    one = estimate_of()
    # The fake is a small market, of which the data quality itself would warn.
    data_quality = replace(one.data_quality, warnings=())
    usual = {"open_interest_usd": 1e6, "newest": data.as_of}
    return envelope_of(data, one.assumptions, columns, data_quality, NOW, **(usual | more))


def test_a_whole_market_needs_no_warning(data: MarketData) -> None:
    """Source, columns and age are its own."""
    found = envelope(data)
    assert found.warnings == ()
    assert (found.age_seconds, found.coverage.columns, found.coverage.exchanges) == (90.0, 48, 1)
    assert [(source.exchange, source.weight) for source in found.sources] == [("fake", 1.0)]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"gaps": 3}, "3 bars are missing in between"),
        ({"gaps": 2, "missing_at_end": 2}, "The newest 2 bars are missing"),
        ({"open_interest_missing_at_end": 4}, "4 bars old"),
        ({"open_interest_share": 0.75}, "not known for 25.0 % of the bars"),
        ({"notes": ("A note.",)}, "A note."),
    ],
)
def test_each_lack_is_a_warning(data: MarketData, changes: dict[str, Any], says: str) -> None:
    """One for each, with its size."""
    lacking = replace(data, coverage=replace(data.coverage, **changes))
    assert len(envelope(lacking).warnings) == 1
    assert says in envelope(lacking).warnings[0]


@pytest.mark.parametrize(("source", "says"), [("derived", "most leverage alone"), ("table", "not the exchange's own")])
def test_tiers_that_are_not_the_exchanges(data: MarketData, source: str, says: str) -> None:
    """They are named for what they are."""
    assert says in envelope(replace(data, tiers=replace(data.tiers, source=source))).warnings[0]


def test_a_simulated_market_and_a_short_past(data: MarketData) -> None:
    """Both are said."""
    simulated, short = envelope(replace(data, simulated=True), (168, 40)).warnings
    assert "simulated" in simulated
    assert "40 of the 168 columns" in short


def test_a_fit_is_part_of_it(data: MarketData) -> None:
    """With the mix that the map was made with, and its note where it was of no use."""
    found = envelope(data, fit=MixFit(None, "Too little."))
    assert [(fit.exchange, fit.mix is found.assumptions.fast_mix) for fit in found.fits] == [("fake", True)]
    assert found.warnings == ("Too little.",)


@pytest.mark.parametrize(("moment", "age"), [(T0, 90.0), (T0 + 89_999, 0.001), (T0 + 120_000, 0.0)])
def test_ages_are_never_negative(moment: int, age: float) -> None:
    """An exchange's clock may be ahead."""
    assert age_seconds(moment, NOW) == age
