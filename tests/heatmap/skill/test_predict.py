from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.arrays import NOISE, Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import SidePath
from service.heatmap.inventory.assumptions import Assumptions, curves
from service.heatmap.inventory.flows import Flows
from service.heatmap.inventory.inventory import take_inventory
from service.heatmap.inventory.kernel import OneSide, Population
from service.heatmap.inventory.leverage import parse_mix
from service.heatmap.skill import predict
from service.heatmap.skill.predict import (
    earlier_mean,
    expected_volume,
    forced_share,
    in_bar_share,
    predict_by_mix,
    predict_swept,
)
from tests.support.hand_made import Row, bars_of, steady
from tests.support.kernel_market import FEW, HOUR, MARKS, VENUE, random_bars
from tests.support.simulated_hours import SYMBOLS, hours_of

PRICES = ("open", "high", "low", "close", "mark_low", "mark_high")
# Up and down, closing at and away from their extremes, of one price, and without one of the wicks.
BARS: list[Row] = [
    (100.0, 104.0, 93.0, 102.0),
    (100.0, 104.0, 93.0, 97.0),
    (100.0, 110.0, 100.0, 110.0),
    (100.0, 100.0, 85.0, 85.0),
    (100.0, 120.0, 80.0, 100.0),
    (100.0, 101.0, 60.0, 100.5),
    (100.0, 160.0, 99.0, 99.5),
]


def altered(bars: Bars, t: int, seed: int) -> Bars:
    """Return the bars with everything that is not yet known when bar t has run its path replaced by something else."""
    random, count = np.random.default_rng(seed), len(bars)
    other = random_bars(seed, count, swing=0.05, price=float(bars.close[t]), marks="wider")
    later, now_on = np.arange(count) > t, np.arange(count) >= t
    prices = {name: np.where(later, getattr(other, name), getattr(bars, name)) for name in PRICES}
    interest = np.where(now_on, bars.open_interest * random.uniform(0.2, 5.0, count), bars.open_interest)
    volume = np.where(now_on, bars.volume * random.uniform(0.0, 9.0, count) + 1.0, bars.volume)
    return replace(bars, **prices, open_interest=interest, volume=volume)


def assert_no_look_ahead(bars: Bars, t: int, assumptions: Assumptions) -> None:
    """Assert that predictions up to t are the same to the last bit whatever follows."""
    before = predict_swept(bars, assumptions, VENUE)
    after = predict_swept(altered(bars, t, seed=t), assumptions, VENUE)
    for one, two in zip(before, after, strict=True):
        assert one[: t + 1].tobytes() == two[: t + 1].tobytes()


@pytest.mark.parametrize("t", [0, 1, 500, 1130, 1461, -1])
@pytest.mark.parametrize("symbol", SYMBOLS)
def test_no_look_ahead_over_two_months(symbol: str, t: int) -> None:
    """Altering prices after bar t, and volume and open interest from it on, leaves predictions up to t unchanged."""
    bars = hours_of(symbol)
    assert_no_look_ahead(bars, t % len(bars), Assumptions())


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("t", [0, 1, 7, 38, 39])
def test_no_look_ahead(marks: str, t: int) -> None:
    """The same where open interest is missing, bars are flat and the mark price is not the traded one."""
    bars = random_bars(8, 40, marks=marks)
    known = np.where(np.arange(40) == 0, 1000.0, bars.open_interest)  # a missing start is filled from later bars
    assert_no_look_ahead(replace(bars, open_interest=known), t, FEW)


def test_predictions_are_the_map_and_the_bar() -> None:
    """A prediction is what stood before the bar in its path, and what its own range lets open and go."""
    bars = random_bars(3, 40)
    taken = take_inventory(bars, FEW, VENUE)
    opens = 0.5 * FEW.fast_churn * 0.8 * expected_volume(bars, FEW.fast_hours)
    for side, found in zip(Side, predict_swept(bars, FEW, VENUE), strict=True):
        inside = opens * in_bar_share(bars, side, taken.curves[side][0])
        assert found == pytest.approx(forced_share(bars) * (taken.sides[side].swept + inside))


@pytest.mark.parametrize("assumptions", [Assumptions(), FEW], ids=["four", "one mix"])
def test_several_mixes_at_once_are_those_one_by_one(assumptions: Assumptions, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last bit, whether the other populations share the mix or not; one that keeps its own is run once."""
    bars, run = random_bars(4, 200), []
    mixes = [assumptions.fast_mix, parse_mix("degen"), parse_mix("5:0.4,25:0.6")]
    apart = [predict_swept(bars, assumptions.with_fast_mix(mix), VENUE) for mix in mixes]

    def counted(path: SidePath, flow: Flows, populations: tuple[Population, ...]) -> OneSide:
        run.append(len(populations))
        return OneSide(path, flow, populations)

    monkeypatch.setattr(predict, "OneSide", counted)
    for one, other in zip(predict_by_mix(bars, assumptions, VENUE, mixes), apart, strict=True):
        assert [side.tobytes() for side in one] == [side.tobytes() for side in other]
    changing = sum(each.mix is assumptions.fast_mix for each in assumptions.populations)
    assert run == [len(assumptions.populations) + 2 * changing] * 2


def test_what_rounding_left_is_nothing() -> None:
    """An amount below a billionth of open interest is 0, so that ranks do not follow a machine's last digits."""
    seen = 0
    for seed in range(30):
        bars = random_bars(seed, 40)
        interest = take_inventory(bars, FEW, VENUE).flows.open_interest
        for found in predict_swept(bars, FEW, VENUE):
            assert ((found == 0.0) | (found >= NOISE * np.append(interest[:1], interest[:-1]))).all()
            seen += int((found == 0.0).sum())
    assert seen > 0


def test_nothing_levered_nothing_swept() -> None:
    """Without leverage no path liquidates anything."""
    for found in predict_swept(random_bars(3, 40), Assumptions.of(parse_mix("1:1")), VENUE):
        assert not found.any()


@pytest.mark.parametrize("change", [lambda x: 0.0 * x, lambda x: 1e12 * x, lambda x: 1e-12 * x])
def test_extremes(change: Callable[[Floats], Floats]) -> None:
    """No volume, and open interest of any size, predict finite amounts that are not negative."""
    bars = random_bars(3, 40)
    for changed in (
        replace(bars, volume=change(bars.volume)),
        replace(bars, open_interest=change(bars.open_interest) + 1e-9),
        replace(steady(40, half_range=0.0), volume=change(np.ones(40)), open_interest=np.ones(40)),
    ):
        for found in predict_swept(changed, FEW, VENUE):
            assert np.isfinite(found).all()
            assert (found >= 0.0).all()


def walked(row: Row, side: Side, points: int = 4000) -> Floats:
    """Return the depths of a path through a bar: an up bar goes open, low, high, close, a down bar open, high, low."""
    first, high, low, last = -side.sign * np.log(row)
    middle = (low, high) if row[3] >= row[0] else (high, low)
    corners = np.array([first, *middle, last])
    along = np.append(0.0, np.cumsum(np.abs(np.diff(corners))))
    return np.interp((np.arange(points) + 0.5) / points * along[-1], along, corners)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("row", BARS)
def test_in_bar_share_against_a_walked_path(row: Row, side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    """The share is what many single entries along the path lose to its deepest point after them."""
    monkeypatch.setattr(predict, "RETRACEMENTS", 0.0)
    curve = curves(FEW, VENUE)[side][0]
    path = walked(row, side)
    deepest_after = np.maximum.accumulate(path[::-1])[::-1]
    wanted = curve.within(deepest_after - path).mean()
    assert in_bar_share(bars_of([row]), side, curve) == pytest.approx([wanted], abs=2e-4)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("row", BARS)
def test_retracements_add_their_own(row: Row, side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    """A third of the entries are also met by moves back of any size up to half of the range."""
    curve, bars = curves(FEW, VENUE)[side][0], bars_of([row])
    both = in_bar_share(bars, side, curve)
    monkeypatch.setattr(predict, "RETRACEMENTS", 0.0)
    spread = np.log(row[1] / row[2])
    sizes = spread * (np.arange(4000) + 0.5) / 4000
    met = np.where(sizes < 0.5 * spread, curve.within(sizes), 0.0).mean()
    assert both - in_bar_share(bars, side, curve) == pytest.approx([met / 3], abs=1e-4)


@pytest.mark.parametrize("side", Side)
def test_a_flat_bar_liquidates_nobody_in_it(side: Side) -> None:
    """Where price does not move nobody goes, and nothing divides by zero."""
    curve = curves(FEW, VENUE)[side][0]
    assert in_bar_share(steady(3, half_range=0.0), side, curve).tolist() == [0.0, 0.0, 0.0]


def test_sides_mirror_within_a_bar() -> None:
    """A bar turned upside down does to shorts what it did to longs; a bar that ends where it began counts as up."""
    curve = curves(FEW, VENUE)[Side.LONG][0]
    for first, high, low, last in BARS:
        if first == last:
            continue
        upside_down = bars_of([(1 / first, 1 / low, 1 / high, 1 / last)])
        long = in_bar_share(bars_of([(first, high, low, last)]), Side.LONG, curve)
        assert in_bar_share(upside_down, Side.SHORT, curve) == pytest.approx(long)


@given(
    values=st.lists(st.floats(0.0, 1e9), min_size=1, max_size=60),
    half_life=st.floats(0.5, 200.0),
    step=st.sampled_from([HOUR // 12, HOUR, 24 * HOUR]),
)
def test_earlier_mean_against_a_plain_loop(values: list[float], half_life: float, step: int) -> None:
    """The mean of earlier bars weighs each by half a half-life ago, and knows nothing of its own bar."""
    found = earlier_mean(np.array(values), step, half_life)
    for t, mean in enumerate(found.tolist()):
        weights = [0.5 ** ((t - 1 - s) * step / HOUR / half_life) for s in range(t)]
        wanted = sum(w * v for w, v in zip(weights, values, strict=False)) / sum(weights) if t else 0.0
        assert mean == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_earlier_mean_without_forgetting() -> None:
    """An infinite half-life is the plain mean."""
    assert earlier_mean(np.array([2.0, 4.0, 9.0]), HOUR, np.inf).tolist() == [0.0, 2.0, 3.0]


def test_expected_volume_goes_with_range() -> None:
    """A bar of three times the usual range is expected to trade three times the usual volume; the first none."""
    ranges = np.array([0.01, 0.01, 0.03])
    bars = bars_of([(100.0, 100.0 * float(np.exp(r)), 100.0, 100.0) for r in ranges], volume=[10.0, 20.0, 999.0])
    assert expected_volume(bars, np.inf) == pytest.approx([0.0, 10.0, 45.0])


def test_forced_share_falls_after_volatile_days() -> None:
    """It is one while nothing is known or nothing changes, and lower after the range has grown."""
    ranges = np.append(np.full(200, 0.01), np.full(50, 0.04))
    bars = bars_of([(100.0, 100.0 * float(np.exp(r)), 100.0, 100.0) for r in ranges])
    share = forced_share(bars)
    assert share[:201] == pytest.approx(np.ones(201))
    assert np.all(np.diff(share[201:]) < 0)
    usual, weights = ranges[:-1].mean(), 0.5 ** (np.arange(249) / 72.0)
    assert share[-1] == pytest.approx(np.sqrt(usual / np.average(ranges[:-1][::-1], weights=weights)))
