"""Scales: the prices and times that an axis names, and how figures are written; ASCII alone."""

import math
from datetime import UTC, datetime

from service.heatmap.base import Times
from service.times import DAY_MS, HOUR_MS

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
SPANS_MS = (HOUR_MS // 4, HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS,
            *(days * DAY_MS for days in (1, 2, 5, 7, 14, 30, 60, 90)))  # fmt: skip
# An amount of three digits is written without decimals.
WHOLE_FROM = 100
LETTERS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def price_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round prices between two, at most so many."""
    least = (high - low) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(least))
    step = next(step * power for step in STEPS if step * power >= least * (1 - 1e-9))
    first = math.ceil(low / step)
    return [number * step for number in range(first, math.floor(high / step) + 1)]


def time_ticks(time: Times, most: int) -> list[tuple[int, str]]:
    """Return columns and what to write under them: a day's number or an hour, at most so many."""
    last, first = int(time[-1]), int(time[0])
    span = next((span for span in SPANS_MS if (last - first) / span <= most), SPANS_MS[-1])
    ticks = [(column, int(moment)) for column, moment in enumerate(time) if int(moment) % span == 0]
    return [(column, _moment(moment, span)) for column, moment in ticks]


def _moment(moment: int, span: int) -> str:
    at = datetime.fromtimestamp(moment / 1000, UTC)
    if span >= DAY_MS or (at.hour == 0 and at.minute == 0):
        return f"{at.day} {at:%b}"
    return f"{at:%H:%M}"


def minute(moment: float) -> str:
    """Return epoch ms as 2024-08-05 14:00 UTC."""
    return f"{datetime.fromtimestamp(moment / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def price_text(price: float, step: float) -> str:
    """Return a price with thousands and as many decimals as steps of that size need."""
    decimals = max(0, min(10, math.ceil(-math.log10(step) - 1e-9)))
    return f"{price:,.{decimals}f}"


def usd_text(amount: float) -> str:
    """Return an amount as $44.7M."""
    size, letter = next(((size, letter) for size, letter in LETTERS if amount >= size), (1.0, ""))
    shown = amount / size
    return f"${shown:.0f}{letter}" if shown >= WHOLE_FROM or not letter else f"${shown:.1f}{letter}"


def signed(share: float) -> str:
    """Return a way to go as -0.74 %."""
    return f"{100 * share:+.2f} %"


def span_text(milliseconds: int) -> str:
    """Return a length of time in days or hours."""
    days = milliseconds / DAY_MS
    return f"{days:g} days" if days > 1 else f"{milliseconds / HOUR_MS:g} hours"
