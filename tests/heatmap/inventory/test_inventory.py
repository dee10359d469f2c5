from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from service.heatmap.base.axis import PriceAxis, price_axis
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import side_path
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms, curves
from service.heatmap.inventory.flows import flows_of
from service.heatmap.inventory.inventory import Heatmap, StockTaker, heatmap_of, take_inventory
from service.heatmap.inventory.kernel import Wanted, stand
from service.heatmap.inventory.lattice import STEP
from service.heatmap.inventory.leverage import parse_mix
from service.heatmap.margin.tiers import flat_tiers
from tests.support.kernel_market import FEW, MARKS, VENUE, random_bars, scaled
from tests.support.simulated_hours import SYMBOLS, hours_of

COLUMNS = ("open", "high", "low", "close", "mark_low", "mark_high")


def map_of(
    bars: Bars, axis: PriceAxis, columns: int, assumptions: Assumptions = FEW, venue: VenueTerms = VENUE
) -> Heatmap:
    """Return the map on an axis."""
    return heatmap_of(take_inventory(bars, assumptions, venue, axis, columns))


# Its contracts are of USD: a grid holds open interest as it is, and not times a price.
COUNTED = VenueTerms("bybit-inverse", flat_tiers(0.004))


def grids(made: Heatmap) -> np.ndarray:
    """Return both sides as one array."""
    return np.stack([made.long, made.short])


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_open_interest_is_conserved_over_two_months(symbol: str) -> None:
    """On two months of a whole market levered and unlevered make the open interest after every bar, bin by bin."""
    bars = hours_of(symbol)
    axis = PriceAxis(float(bars.close[-1]) / 200, 0, 2000)  # up to ten times the price, where nothing stands any more
    taken = take_inventory(bars, Assumptions(), VENUE, axis, 200)
    for side, found in taken.sides.items():
        assert np.max(np.abs(found.levered + found.unlevered - bars.open_interest) / bars.open_interest) < 1e-9
        rows = (taken.columns[side] / axis.centres).sum(axis=1)
        assert np.max(np.abs(rows - found.levered[-200:]) / bars.open_interest[-200:]) < 1e-9
        after = np.cumsum(found.opened - found.closed - found.swept)
        assert np.max(np.abs(after - bars.open_interest) / bars.open_interest) < 1e-9


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_accounts_add_up_over_two_months(symbol: str) -> None:
    """The parts of the open interest make the whole, and what came and went explains how it changed."""
    bars = hours_of(symbol)
    made = map_of(bars, price_axis(float(bars.close[-1]), 15.0), 300, Assumptions())
    for side, grid in ((Side.LONG, made.long), (Side.SHORT, made.short)):
        account = made.accounts[side]
        assert account.open_interest == bars.open_interest[-1]
        whole = account.in_grid + account.outside_grid + account.unlevered
        assert whole == pytest.approx(account.open_interest, rel=1e-9)
        moved = account.opened - account.closed - account.liquidated
        assert bars.open_interest[-301] + moved == pytest.approx(account.open_interest, rel=1e-9)
        assert (grid[-1] / made.axis.centres).sum() == pytest.approx(account.in_grid, rel=1e-9)
        assert min(asdict(account).values()) >= 0.0


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("seed", range(4))
def test_accounts_add_up(seed: int, marks: str) -> None:
    """The same on random bars, where all columns are shown too: the first bar then opened everything."""
    bars = random_bars(seed, 50, marks=marks)
    interest = flows_of(bars).open_interest
    for columns in (1, 20, 50):
        made = map_of(bars, price_axis(float(bars.close[-1]), 40.0, bins=100), columns)
        before = interest[-columns - 1] if columns < 50 else 0.0
        for account in made.accounts.values():
            whole = account.in_grid + account.outside_grid + account.unlevered
            assert whole == pytest.approx(account.open_interest, rel=1e-9)
            moved = account.opened - account.closed - account.liquidated
            assert before + moved == pytest.approx(interest[-1], rel=1e-9)


def test_rows_never_exceed_what_stands() -> None:
    """However the grid is cut, a column never holds more than what stands with leverage."""
    bars = random_bars(1, 60)
    for range_pct in (1.0, 20.0, 90.0):
        axis = price_axis(float(bars.close[-1]), range_pct, bins=50)
        taken = take_inventory(bars, FEW, COUNTED, axis, 60)
        for side, grid in zip(Side, grids(heatmap_of(taken)), strict=True):
            assert np.all(grid.sum(axis=1) <= taken.sides[side].levered * (1 + 1e-12))


def test_nothing_stands_on_the_wrong_side_of_the_price() -> None:
    """No column has longs in bins wholly above its close, nor shorts wholly below."""
    bars = random_bars(3, 60)
    axis = PriceAxis(0.25, 0, 2000)
    made = map_of(bars, axis, 60)
    for t, close in enumerate(bars.close.tolist()):
        wrong = made.long[t, axis.edges[:-1] >= close].sum() + made.short[t, axis.edges[1:] <= close].sum()
        assert wrong < 1e-9 * (made.long[t].sum() + made.short[t].sum())


@pytest.mark.parametrize("coarser", [2, 5, 40])
def test_two_axes_hold_the_same(coarser: int) -> None:
    """A coarse bin holds the sum of its fine ones."""
    bars = random_bars(2, 40)
    fine, coarse = PriceAxis(0.5, 80, 400), PriceAxis(0.5 * coarser, 80 // coarser, 400 // coarser)
    small, large = (grids(map_of(bars, axis, 10, venue=COUNTED)) for axis in (fine, coarse))
    assert large == pytest.approx(small.reshape(2, 10, -1, coarser).sum(axis=-1), rel=1e-9, abs=1e-8)


def test_same_bins_whatever_the_request() -> None:
    """Requests that share a bin size agree on the bins they share, whatever range and columns they ask for."""
    bars = random_bars(2, 40)
    wide, narrow = PriceAxis(0.5, 80, 400), PriceAxis(0.5, 150, 60)
    one, two = grids(map_of(bars, wide, 40)), grids(map_of(bars, narrow, 15))
    assert two == pytest.approx(one[:, -15:, 70:130], rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_coin_is_valued_where_it_stands(count: int) -> None:
    """However wide the bins, their notional is what many narrow ones hold, within a part in a thousand."""
    bars = random_bars(2, 40)
    wide = grids(map_of(bars, PriceAxis(200.0 / count, 0, count), 10))
    narrow = grids(map_of(bars, PriceAxis(0.1, 0, 2000), 10))
    assert wide == pytest.approx(narrow.reshape(2, 10, count, -1).sum(axis=-1), rel=1e-3, abs=1e-3 * wide.max())


@pytest.mark.parametrize("marks", MARKS)
def test_sides_mirror(marks: str) -> None:
    """With one distance curve for both sides, shorts at prices 1/p are longs at p."""
    bars = random_bars(6, 40, marks=marks)
    mirror = replace(
        bars,
        **{name: 1.0 / getattr(bars, name) for name in ("open", "close")},
        low=1.0 / bars.high,
        high=1.0 / bars.low,
        mark_low=1.0 / bars.mark_high,
        mark_high=1.0 / bars.mark_low,
    )
    curve, flow, at = curves(FEW, VENUE)[Side.LONG][0], flows_of(bars), np.linspace(-6.0, -3.0, 400)
    columns = np.empty((2, 40, 399))
    long, short = (
        stand(side_path(of, side), flow, FEW.one_side((curve, curve)), Wanted(at, np.ones(399), filled))
        for of, side, filled in zip((bars, mirror), (Side.LONG, Side.SHORT), columns, strict=True)
    )
    assert long.start == short.start
    assert columns[1] == pytest.approx(columns[0], abs=1e-9)
    assert short.swept == pytest.approx(long.swept, abs=1e-9)


def test_price_scales() -> None:
    """Prices a whole number of the lattice's steps higher move the map by as many, and change nothing else."""
    bars, steps = random_bars(4, 40), 11_512  # e ** (11512 * STEP) is about 1,000
    one = take_inventory(bars, FEW, VENUE).sides
    two = take_inventory(scaled(bars, float(np.exp(steps * STEP))), FEW, VENUE).sides
    for side in Side:
        assert two[side].start == one[side].start - side.sign * steps
        assert two[side].lattice == pytest.approx(one[side].lattice, abs=1e-7)
        assert two[side].swept == pytest.approx(one[side].swept, abs=1e-7)


def test_price_scales_by_a_thousand() -> None:
    """A thousandfold price gives the thousandfold notional, up to where the lattice happens to begin."""
    bars = random_bars(4, 40)
    small = grids(map_of(bars, PriceAxis(2.5, 16, 80), 10))
    large = grids(map_of(scaled(bars, 1000.0), PriceAxis(2500.0, 16, 80), 10)) / 1000.0
    assert np.abs(large - small).sum() < 0.01 * small.sum()


def test_coins_scale() -> None:
    """A millionfold volume and open interest gives the millionfold map."""
    bars, axis = random_bars(4, 40), PriceAxis(0.5, 80, 400)
    many = replace(bars, volume=1e6 * bars.volume, open_interest=1e6 * bars.open_interest)
    one, two = map_of(bars, axis, 10), map_of(many, axis, 10)
    assert grids(two) / 1e6 == pytest.approx(grids(one), rel=1e-9, abs=1e-9)
    for side in Side:
        wanted = {name: 1e6 * value for name, value in asdict(one.accounts[side]).items()}
        assert asdict(two.accounts[side]) == pytest.approx(wanted, rel=1e-9, abs=1e-4)


def test_same_inputs_same_bytes() -> None:
    """The same bars give the same map to the last bit."""
    axis = PriceAxis(0.5, 80, 400)
    one, two = (map_of(random_bars(4, 40), axis, 10) for _ in range(2))
    assert grids(one).tobytes() == grids(two).tobytes()
    assert one.accounts == two.accounts
    assert one.time.tolist() == random_bars(4, 40).time[-10:].tolist()


def flash_crash() -> Bars:
    """Return bars of which one trades down to 1 % of its open and back."""
    bars = random_bars(0, 30)
    low = bars.low.copy()
    low[20] = 0.01 * bars.open[20]
    return replace(bars, low=low, mark_low=low)


def constant() -> Bars:
    """Return bars in which neither price nor anything else ever moves."""
    bars = random_bars(0, 30)
    still: dict[str, Any] = {name: np.full(30, 100.0) for name in (*COLUMNS, "open_interest")}
    return replace(bars, **still, volume=np.zeros(30))


EXTREMES: dict[str, Callable[[], Bars]] = {
    "tiny price": lambda: scaled(random_bars(0, 30), 1e-10),
    "huge price": lambda: scaled(random_bars(0, 30), 1e4),
    "flash crash": flash_crash,
    "constant": constant,
    "no volume": lambda: replace(random_bars(0, 30), volume=np.zeros(30)),
    "two bars": lambda: random_bars(0, 2),
    "9,000 bars": lambda: random_bars(0, 9000, swing=0.002),
    "a crumb of open interest": lambda: replace(random_bars(0, 30), open_interest=np.full(30, 1e-12)),
    "huge open interest": lambda: replace(random_bars(0, 30), open_interest=np.full(30, 1e15)),
    "open interest all but gone": lambda: replace(
        random_bars(0, 30), open_interest=np.where(np.arange(30) == 15, 1e-9, 1e9)
    ),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extremes(name: str) -> None:
    """Nothing is NaN or negative and the open interest is conserved, whatever the bars."""
    bars = EXTREMES[name]()
    columns = min(len(bars), 50)
    axis = price_axis(float(bars.close[-1]), 90.0, bins=300)
    taken = take_inventory(bars, Assumptions(), VENUE, axis, columns)
    made = heatmap_of(taken)
    assert np.isfinite(grids(made)).all()
    assert (grids(made) >= 0.0).all()
    for side in Side:
        found, interest = taken.sides[side], taken.flows.open_interest
        assert np.isfinite(found.swept).all()
        assert found.levered + found.unlevered == pytest.approx(interest, rel=1e-9)
        assert min(asdict(made.accounts[side]).values()) >= 0.0


def test_a_range_down_to_nothing_stays_small() -> None:
    """A request that reaches a price of 0 keeps no more of the lattice than positions can be liquidated in."""
    bars = random_bars(0, 30)
    for found in take_inventory(bars, Assumptions(), VENUE, PriceAxis(1e6, 0, 1000), 30).sides.values():
        assert found.lattice.shape[1] * STEP < 4.0


def test_everything_unlevered() -> None:
    """Without leverage the map is empty and the account says where the open interest is."""
    bars = random_bars(0, 30)
    made = map_of(bars, PriceAxis(0.5, 80, 400), 10, Assumptions.of(parse_mix("1:1")))
    assert not grids(made).any()
    for account in made.accounts.values():
        assert account.unlevered == pytest.approx(account.open_interest)


def test_inverse_contracts_are_in_usd_already() -> None:
    """Where open interest is USD the grid is what stands, not that times the price."""
    bars, axis = random_bars(0, 30), PriceAxis(0.5, 80, 400)
    made = map_of(bars, axis, 10, venue=COUNTED)
    for side, grid in zip(Side, grids(made), strict=True):
        assert grid[-1].sum() == pytest.approx(made.accounts[side].in_grid)


@pytest.mark.parametrize("columns", [0, -1, 31])
def test_bad_columns(columns: int) -> None:
    """Columns that the bars do not have are refused by name."""
    with pytest.raises(ValueError, match=f"columns: {columns} of 30 bars"):
        take_inventory(random_bars(0, 30), FEW, VENUE, PriceAxis(1.0, 1, 200), columns)


@pytest.mark.parametrize("assumptions", [FEW, Assumptions()])
def test_a_second_axis_holds_both_sides_and_changes_nothing_of_the_first(assumptions: Assumptions) -> None:
    """It is filled on the same way through the bars: the same bytes as two inventories on their own, summed."""
    bars = random_bars(2, 60)
    axis, beside = PriceAxis(1.0, 80, 40), PriceAxis(0.5, 120, 200)
    taker = StockTaker(bars, assumptions, VENUE)
    both, alone, other = taker.take(axis, 40, beside=beside), taker.take(axis, 40), taker.take(beside, 40)
    assert both.both_sides.tobytes() == (other.columns[Side.LONG] + other.columns[Side.SHORT]).tobytes()
    for side in Side:
        assert both.columns[side].tobytes() == alone.columns[side].tobytes()
        assert both.sides[side].swept.tobytes() == alone.sides[side].swept.tobytes()
    with pytest.raises(ValueError, match="second axis"):
        _ = alone.both_sides


@pytest.mark.parametrize("assumptions", [FEW, Assumptions()])
def test_what_stands_now_needs_no_columns(assumptions: Assumptions) -> None:
    """It is what stands after the last column, and is found again without another way through the bars."""
    bars, axis = random_bars(5, 60), PriceAxis(1.0, 80, 40)
    taker = StockTaker(bars, assumptions, VENUE)
    now, mapped = taker.newest(axis), taker.take(axis, 10)
    assert taker.newest(axis).sides[Side.LONG] is mapped.sides[Side.LONG]
    for side in Side:
        assert now.held_between(side, axis.edges).tobytes() == mapped.held_between(side, axis.edges).tobytes()
    with pytest.raises(ValueError, match="columns"):
        heatmap_of(now)


def test_sides_and_maps_share_what_closing_leaves() -> None:
    """It follows from flows and pace alone: both sides have one, and other maps of the market at that pace too."""
    taker = StockTaker(random_bars(1, 60), FEW, VENUE)
    other = taker.under(replace(FEW, liquidation_buffer=0.01))
    faster = taker.under(replace(FEW, churn=2.0 * FEW.churn))
    for each in (taker, other):
        each.take()
    assert len(taker.sides[Side.LONG].survivals.found) == 1
    faster.take()
    assert len(taker.sides[Side.SHORT].survivals.found) == 2
