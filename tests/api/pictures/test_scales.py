"""Scales: round prices, days and hours, and figures as traders write them."""

import numpy as np
import pytest

from service.api.pictures.scales import (
    minute,
    price_text,
    price_ticks,
    signed,
    span_text,
    time_ticks,
    usd_text,
)
from service.times import DAY_MS, HOUR_MS

MIDNIGHT = 1_722_816_000_000


@pytest.mark.parametrize(("low", "high"), [(50_000.0, 70_000.0), (0.0000101, 0.0000149), (1.2, 1.9), (95.0, 3000.0)])
@pytest.mark.parametrize("most", [2, 5, 11])
def test_ticks_are_round_inside_and_few(low: float, high: float, most: int) -> None:
    """At most so many steps, all between the ends, evenly apart."""
    ticks = price_ticks(low, high, most)
    assert 1 <= len(ticks) <= most + 1
    assert low <= ticks[0] <= ticks[-1] <= high
    np.testing.assert_allclose(np.diff(ticks), ticks[1] - ticks[0] if len(ticks) > 1 else 0.0, rtol=1e-6)


@pytest.mark.parametrize(("step", "columns"), [(HOUR_MS, 168), (HOUR_MS // 12, 144), (DAY_MS, 365)])
def test_times_are_named_at_whole_spans(step: int, columns: int) -> None:
    """Midnight is a day, other times an hour."""
    ticks = time_ticks(MIDNIGHT + step * np.arange(columns), 8)
    assert 1 <= len(ticks) <= 9
    assert all(("Aug" in words or ":" in words) if step < DAY_MS else len(words.split()) == 2 for _, words in ticks)
    assert step == DAY_MS or ticks[0] == (0, "5 Aug")


@pytest.mark.parametrize(
    ("made", "text"),
    [(usd_text(44_738_832.6), "$44.7M"), (usd_text(1.2e9), "$1.2B"), (usd_text(950.0), "$950"), (usd_text(0.0), "$0"),
     (usd_text(121e6), "$121M"), (price_text(58_971.3, 10.0), "58,971"), (price_text(0.00001234, 1e-8), "0.00001234"),
     (signed(-0.0074), "-0.74 %"), (signed(0.0167), "+1.67 %"), (span_text(7 * DAY_MS), "7 days"),
     (span_text(12 * HOUR_MS), "12 hours"), (minute(MIDNIGHT), "2024-08-05 00:00 UTC")],
)  # fmt: skip
def test_figures_are_written_short(made: str, text: str) -> None:
    """In ASCII, which the bundled font has."""
    assert made == text
    assert text.isascii()
