"""The truth itself: splitting, aggregating, and never showing what is yet to come."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.emulator import Truth, synthetic_truth
from tests.emulator.hours import COINS, HOUR
from tests.emulator.sources import real_truth
from tests.emulator.truth import TIERS
from tests.support.simulated_hours import write_hours

NOW = 1_724_104_800_000
STEPS = {"5m": 300_000, "15m": 900_000, "30m": 1_800_000, "1h": HOUR, "4h": 4 * HOUR, "1d": 24 * HOUR}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a table of hours for each coin."""
    return write_hours(tmp_path_factory.mktemp("hours"))


@pytest.mark.parametrize("base", sorted(COINS))
def test_slices_of_a_table_add_up_to_its_hours(folder: Path, base: str) -> None:
    """Hours put together from five-minute slices equal the table to the last digit, gaps included."""
    with (folder / f"{base}USDT.csv").open(newline="") as file:
        table = {name: list(column) for name, *column in zip(*csv.reader(file), strict=True)}
    candles = real_truth(NOW, shift=False, folder=folder).candles(base, HOUR, NOW)
    assert candles.time.tolist() == [int(text) for text in table["timestamp"]]
    for name in ("open", "high", "low", "close", "volume"):
        assert getattr(candles, name).tolist() == [float(text) for text in table[name]], name
    assert candles.taker_buy.tolist() == [float(text) for text in table["taker_buy_volume"]]
    assert candles.trades.tolist() == [int(text) for text in table["trades"]]
    assert candles.open_interest.tolist() == [float(text) for text in table["oi_close"]]
    assert candles.liquidated_long.tolist() == pytest.approx([float(text or 0) for text in table["liquidated_long"]])


@pytest.mark.parametrize("minutes", [0, 1, 23, 59])
def test_shifted_hours_end_around_now(folder: Path, minutes: int) -> None:
    """The last bar closes at a full hour's `now`, and holds any other; prices stay as they were."""
    now = NOW + 400 * 24 * HOUR + minutes * 60_000
    shifted, still = real_truth(now, folder=folder), real_truth(NOW, shift=False, folder=folder)
    moved, there = shifted.candles("BTC", HOUR, now), still.candles("BTC", HOUR, NOW)
    assert moved.time[-1] < now <= moved.time[-1] + HOUR
    assert (moved.time[-1] - there.time[-1]) % HOUR == 0
    assert moved.close[:-1].tolist() == there.close[: len(moved.close) - 1].tolist()


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("mark", [False, True])
def test_every_timeframe_tells_the_same_story(truth: Truth, step: int, mark: bool) -> None:
    """Whatever the step, volumes sum to the same, extremes agree, bars are sound and start on whole steps."""
    fine = truth.candles("BTC", STEPS["5m"], NOW, mark=mark)
    bars = truth.candles("BTC", step, NOW, mark=mark)
    assert bars.volume.sum() == pytest.approx(fine.volume.sum(), rel=1e-12)
    assert (bars.high.max(), bars.low.min()) == (fine.high.max(), fine.low.min())
    assert (bars.open[0], bars.close[-1]) == (fine.open[0], fine.close[-1])
    assert (np.diff(bars.time) > 0).all()
    assert not (bars.time % step).any()
    assert (bars.low <= np.minimum(bars.open, bars.close)).all()
    assert (bars.high >= np.maximum(bars.open, bars.close)).all()
    assert (bars.volume >= 0).all()


def test_the_mark_price_keeps_within_the_traded_range(truth: Truth) -> None:
    """Mark wicks are shorter, so a reader that mixes the two up is noticed."""
    traded, mark = truth.candles("BTC", HOUR, NOW), truth.candles("BTC", HOUR, NOW, mark=True)
    assert (mark.high <= traded.high).all()
    assert (mark.low >= traded.low).all()
    assert (mark.high < traded.high).mean() > 0.8


def test_open_interest_is_interpolated_between_closes(truth: Truth) -> None:
    """OI at a full hour is the hour's close; in between it lies between its neighbours."""
    hours = truth.candles("ETH", HOUR, NOW)
    time, amount, _ = truth.open_interest("ETH", HOUR, NOW)
    assert time.tolist() == (hours.time + HOUR).tolist()
    assert amount.tolist() == hours.open_interest.tolist()
    _, fine, _ = truth.open_interest("ETH", STEPS["5m"], NOW)
    middle = fine[11:-1].reshape(-1, 12)[:, 6]
    assert (middle <= np.maximum(amount[:-1], amount[1:])).all()
    assert (middle >= np.minimum(amount[:-1], amount[1:])).all()


@pytest.mark.parametrize("back", [0, 1, 299_999, 300_000, 7 * HOUR + 1])
def test_nothing_is_shown_before_it_happened(truth: Truth, back: int) -> None:
    """Bars that open at or after `now` and OI after `now` do not exist yet; a forming bar holds its past only."""
    now = NOW - back
    bars = truth.candles("SOL", HOUR, now)
    fine = truth.candles("SOL", STEPS["5m"], now)
    assert bars.time[-1] < now
    forming = fine.time >= bars.time[-1]
    assert bars.volume[-1] == fine.volume[forming].sum()
    assert truth.price("SOL", now) == fine.close[-1]
    assert truth.open_interest("SOL", STEPS["5m"], now)[0][-1] <= now


def test_the_synthetic_market_is_reproducible_and_crashes() -> None:
    """The same seed gives the same hours; another seed others; six hours lose about a fifth and shed OI."""
    one, same = synthetic_truth(NOW).candles("BTC", HOUR, NOW), synthetic_truth(NOW).candles("BTC", HOUR, NOW)
    other = synthetic_truth(NOW, seed=8).candles("BTC", HOUR, NOW)
    assert one.close.tolist() == same.close.tolist()
    assert one.close.tolist() != other.close.tolist()
    crash = slice(len(one.close) * 3 // 4 - 1, len(one.close) * 3 // 4 + 6)
    assert 0.7 < one.close[crash][-1] / one.close[crash][0] < 0.9
    assert one.open_interest[crash][-1] < one.open_interest[crash][0]


def test_open_interest_moves_no_more_than_volume(truth: Truth) -> None:
    """|change of OI| stays within the hour's volume nearly always, as it must where every change is a trade."""
    bars = truth.candles("BTC", HOUR, NOW)
    assert (np.abs(np.diff(bars.open_interest)) <= bars.volume[1:]).mean() > 0.99


def test_depth_decays_on_both_sides(truth: Truth) -> None:
    """Bids fall, asks rise, nothing crosses, and the far half holds less than the near one."""
    book = truth.book("BTC", NOW, 1000)
    assert (np.diff(book.bids[:, 0]) < 0).all()
    assert (np.diff(book.asks[:, 0]) > 0).all()
    assert book.bids[0, 0] < truth.price("BTC", NOW) < book.asks[0, 0]
    for side in (book.bids, book.asks):
        assert (side[:, 1] > 0).all()
        assert side[500:, 1].sum() < side[:500, 1].sum()


@pytest.mark.parametrize("base", sorted(TIERS))
def test_maintenance_amounts_join_the_tiers(base: str) -> None:
    """At each floor the margin is the same by either tier's rate and amount."""
    for below, above in zip(TIERS[base], TIERS[base][1:], strict=False):
        assert above.floor == below.cap
        joint = [above.floor * tier.maintenance_rate - tier.maintenance_amount for tier in (below, above)]
        assert joint[0] == pytest.approx(joint[1])
