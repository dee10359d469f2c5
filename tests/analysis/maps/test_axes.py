"""The price axis of a request: around the price, wide enough, and not too fine."""

from dataclasses import replace

import pytest

from service.analysis.maps.axes import axis_around, check_cells, covering_axis, zone_axis
from service.analysis.markets.group import Group
from service.analysis.requests import AxisRequest, CoveringAxisRequest
from service.heatmap import BadInput
from tests.support.fake_estimate import estimate_of
from tests.support.fake_exchange import FakeExchange
from tests.support.requests import market_request


@pytest.fixture
def group() -> Group:
    """Return two days of hours of one exchange."""
    return Group({"fake": estimate_of()}, {})


def test_the_usual_range_covers_the_columns(group: Group) -> None:
    """The fake swings by a few per cent: 15 % do, and the range that the caller asks for stands."""
    usual = covering_axis(group, CoveringAxisRequest(bins=400))
    assert usual == axis_around(group, AxisRequest(bins=400, range_pct=15.0))
    narrow = covering_axis(group, CoveringAxisRequest(bins=400, range_pct=3.0))
    assert narrow == axis_around(group, AxisRequest(bins=400, range_pct=3.0))


def test_prices_far_off_widen_the_axis_on_their_side() -> None:
    """At 150 the lowest of the columns' lows is over a third away."""
    far = FakeExchange(price=150.0)
    # the bars that have closed are at 100, and what trades now is at 150
    prices = iter([100.0])
    far.before["ohlcv"] = lambda: setattr(far, "price", next(prices, 150.0))
    far.before["order_book"] = lambda: setattr(far, "price", 150.0)
    away = estimate_of(fake=far)
    edges = covering_axis(Group({"fake": away}, {}), CoveringAxisRequest(bins=400)).edges
    lowest = float(away.data.bars.low[-48:].min())
    assert edges[0] == pytest.approx(0.95 * lowest, rel=0.01)
    assert edges[-1] == pytest.approx(1.15 * 150.0, rel=0.01)


@pytest.mark.parametrize(
    ("axis", "field"),
    [
        (AxisRequest(bins=1, range_pct=15.0), "bins"),
        (AxisRequest(bin_size=1e6, range_pct=15.0), "bin_size"),
        (AxisRequest(bin_size=1e-4, range_pct=15.0), "bin_size"),
    ],
)
def test_an_axis_on_which_no_zone_can_be_found(group: Group, axis: AxisRequest, field: str) -> None:
    """A single bin, or more cells than are made at once: the parameter is named."""
    with pytest.raises(BadInput) as refused:
        zone_axis(group, axis, market_request())
    assert refused.value.field == field


def test_each_exchanges_own_grid_counts(group: Group) -> None:
    """What is small enough alone is too large beside the grids of thirty exchanges."""
    asked = AxisRequest(bin_size=0.02, range_pct=15.0)
    axis = axis_around(group, asked)
    check_cells(group, axis, asked)
    with pytest.raises(BadInput, match="30 grids of 48 columns"):
        check_cells(group, axis, asked, grids=30)


def test_what_was_not_asked_is_not_named(group: Group) -> None:
    """Who gave a number of bins is told of bins, and as many as are said to be allowed are."""
    asked = AxisRequest(bins=2000, range_pct=15.0)
    with pytest.raises(BadInput) as refused:
        check_cells(group, axis_around(group, asked), asked, grids=30)
    assert refused.value.field == "bins"
    fewer = replace(asked, bins=int(refused.value.allowed.removeprefix("1 to ")))
    check_cells(group, axis_around(group, fewer), fewer, grids=30)
