"""The hindcast counts what it says it counts."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import crash_falls
from bench import crashes as bench
from service.times import rfc3339
from tests.support.hand_made import steady
from tests.support.skill_market import walk


def test_held_and_loss_on_paper() -> None:
    """Between the tenths is held; the loss is that of the median and the tenths, none for a hit of all three."""
    said = np.array([5.0, 3.0, 2.0])
    assert [bench.held(said, real) for real in (1.9, 2.0, 4.0, 5.0, 5.1)] == [False, True, True, True, False]
    assert bench.loss(np.array([3.0, 3.0, 3.0]), 3.0) == 0.0
    assert bench.loss(said, 6.0) == pytest.approx((0.1 * 4 + 0.5 * 3 + 0.9 * 1) / 3)
    assert bench.loss(said, 1.0) == pytest.approx((0.9 * 1 + 0.5 * 2 + 0.1 * 4) / 3)


def test_depths_are_below_the_close_before() -> None:
    """Of the hour, and of the 24 hours from its opening."""
    bars = steady(60)
    low = bars.low.copy()
    low[20], low[30] = 97.0, 95.0
    hour, day = crash_falls.depths(replace(bars, low=low))
    close = bars.close[19]
    assert hour[20] == pytest.approx(100 * (1 - 97.0 / close))
    assert day[20] == pytest.approx(100 * (1 - 95.0 / bars.close[19]))
    assert np.isnan(day[-1])


def test_rank_correlation() -> None:
    """1 for the same order, -1 for the reverse."""
    assert bench.rank_correlation([1, 2, 5], [10, 20, 30]) == pytest.approx(1.0)
    assert bench.rank_correlation([1, 2, 5], [3, 2, 1]) == pytest.approx(-1.0)


def test_it_prints_every_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a made-up market: falls of each size, both nulls, and each state of the book."""
    bars, path = walk(2, 40), tmp_path / "BTCUSDT.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("ts", "o", "h", "l", "c", "v", "oi"))
        columns = (bars.open, bars.high, bars.low, bars.close, bars.volume, bars.open_interest)
        for at, row in zip(bars.time.tolist(), np.column_stack(columns).tolist(), strict=True):
            writer.writerow((rfc3339(at), *row))
    monkeypatch.setattr("sys.argv", ["crashes", str(path), "--events", "3"])
    monkeypatch.setattr(crash_falls, "SAMPLES", 40)
    monkeypatch.setattr(bench, "RESAMPLES", 10)
    bench.main()
    text = capsys.readouterr().out
    for name in bench.TELLERS:
        assert f"| 1 % | 3 | {name} |" in text
    for name in bench.stated_odds():
        assert f"| 1 % | {name} | least | 1 |" in text
