"""Data quality: how well the data carry a map, as the geometric mean of its parts, each with its reason in words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats

# A tenth at the thin mark: with the other part perfect the whole is then 0.32, so each shortage alone is under 0.5.
AT_THIN = 0.1
HALF = 0.5
# A bar that was put right is known less well than one that was right: it counts for half.
REPAIRED = 0.5
COVERAGE = "coverage"
LOW_QUALITY = "Low data quality"
# A depth that nobody looked at is neither thin nor ample.
UNKNOWN_DEPTH = 0.5
# Depth counts this far from the price on either side: what rests farther out is seldom traded and often withdrawn.
NEAR_PCT = 2.0
# A third decimal would move with every look at the book, and the answer's ETag with it.
DIGITS = 2


@dataclass(frozen=True)
class QualityRules:
    """Where data is thin (a part's score falls to 0.1) and where it is ample (1), on a log scale in between.

    Bars and days count the history that the map was built from: it is days that renew the positions, so bars are ample
    where a few months of daily ones are; volume is quote currency traded per day, depth quote currency that the book
    shows near the price, both sides.
    """

    thin_bars: float = 20.0
    ample_bars: float = 100.0
    thin_days: float = 2.0
    ample_days: float = 14.0
    thin_volume: float = 1e7
    ample_volume: float = 5e8
    thin_depth: float = 1e5
    ample_depth: float = 5e6


DEFAULT_QUALITY_RULES = QualityRules()


@dataclass(frozen=True)
class QualityPart:
    """One part, 0..1, and why."""

    name: str
    value: float
    reason: str


@dataclass(frozen=True)
class DataQuality:
    """The whole, 0..1: the geometric mean of the parts to two decimals; warnings are there when it is under 0.5."""

    value: float
    parts: tuple[QualityPart, ...]
    warnings: tuple[str, ...]


def assess(
    *,
    bars: int,
    days: float,
    gaps: int,
    open_interest_share: float,
    mark_price_share: float,
    daily_volume: float,
    visible_depth: float | None,
    inconsistent: int = 0,
    repaired: int = 0,
    rules: QualityRules = DEFAULT_QUALITY_RULES,
) -> DataQuality:
    """Weigh up what a map was built from.

    bars, days, gaps     bars in hand, days they span, bars missing between them
    *_share              0..1 of the bars with open interest, with mark prices
    daily_volume         quote currency traded per day
    visible_depth        quote currency in the book near the price (depth_near); None if none was read
    inconsistent         bars whose open interest moved by more than was traded, which cannot be true
    repaired             bars whose range was too narrow for their own open or close, and was widened

    Raises ValueError for shares outside 0..1 and for negative amounts.
    """
    shares = {
        "open_interest_share": open_interest_share,
        "mark_price_share": mark_price_share,
    }
    _check(shares, (bars, days, gaps, daily_volume, visible_depth or 0.0))
    parts = [
        _coverage(bars, gaps, inconsistent, repaired, open_interest_share, mark_price_share),
        _sample(bars, days, daily_volume, visible_depth, rules),
    ]
    return _whole(parts)


def depth_near(bids: Floats, asks: Floats, price: float) -> float:
    """Return what the book shows within NEAR_PCT of the price, both sides, in quote currency.

    bids, asks  float64[n, 2]  (price, base amount)
    """
    rows = np.concatenate((bids, asks))
    near = np.abs(rows[:, 0] - price) <= NEAR_PCT / 100.0 * price * (1.0 + 1e-9)
    return float((rows[:, 0] * rows[:, 1])[near].sum())


def merged_quality(parts: Mapping[str, DataQuality], wanted: int) -> DataQuality:
    """Return the data quality of a sum of maps: each part's mean over the exchanges wanted, of a missing one 0.

    parts   by exchange; `wanted` counts the exchanges asked for, missing ones included

    Not weighted by open interest: that of a missing exchange is not known, and where the poorest source is also a heavy
    one its loss would pass for better data.
    """
    if wanted == 1:
        return next(iter(parts.values()))
    names = [part.name for part in next(iter(parts.values())).parts]
    answered = f"{len(parts)} of {wanted} exchanges answered"
    merged = []
    for name in names:
        by_name = {exchange: _part(whole, name) for exchange, whole in parts.items()}
        value = sum(part.value for part in by_name.values()) / wanted
        reason = f"{answered}; {_reasons(by_name)}" if name == COVERAGE else _reasons(by_name)
        merged.append(QualityPart(name, value, reason))
    return _whole(merged)


def _whole(parts: list[QualityPart]) -> DataQuality:
    value = round(math.prod(part.value for part in parts) ** (1.0 / len(parts)), DIGITS)
    return DataQuality(value, tuple(parts), _warnings(value, parts))


def _reasons(parts: Mapping[str, QualityPart]) -> str:
    """Return each exchange's reason, those that have the same one together."""
    by_reason: dict[str, list[str]] = {}
    for exchange, part in parts.items():
        by_reason.setdefault(part.reason, []).append(exchange)
    return "; ".join(f"{', '.join(exchanges)}: {reason}" for reason, exchanges in by_reason.items())


def _part(whole: DataQuality, name: str) -> QualityPart:
    return next(part for part in whole.parts if part.name == name)


def _check(shares: dict[str, float], amounts: tuple[float, ...]) -> None:
    for name, share in shares.items():
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"{name}: {share} is not in 0..1")
    if not all(0.0 <= amount < math.inf for amount in amounts):
        raise ValueError("bars, days, gaps, daily_volume, visible_depth: must be finite and not negative")


def _coverage(
    bars: int, gaps: int, inconsistent: int, repaired: int, open_interest_share: float, mark_price_share: float
) -> QualityPart:
    # On real hours constant open interest did nearly as well as the true one: its absence costs the scale more than the
    # shape. Mark prices differ from traded ones in wicks only.
    whole = max(bars - inconsistent - REPAIRED * repaired, 0) / (bars + gaps) if bars else 0.0
    value = whole * (0.7 + 0.3 * open_interest_share) * (0.9 + 0.1 * mark_price_share)
    words = [
        f"open interest known for {open_interest_share:.0%} of {bars} bars",
        f"mark price for {mark_price_share:.0%}",
        f"{gaps} bars missing" if gaps else "no bars missing",
        *([f"{repaired} bars put right"] if repaired else []),
        *([f"{inconsistent} bars with open interest that cannot be true"] if inconsistent else []),
    ]
    return QualityPart(COVERAGE, value, ", ".join(words))


def _sample(bars: int, days: float, volume: float, depth: float | None, rules: QualityRules) -> QualityPart:
    volume, depth = _two_digits(volume), None if depth is None else _two_digits(depth)
    history = min(graded(bars, rules.thin_bars, rules.ample_bars), graded(days, rules.thin_days, rules.ample_days))
    traded = graded(volume, rules.thin_volume, rules.ample_volume)
    deep = UNKNOWN_DEPTH if depth is None else graded(depth, rules.thin_depth, rules.ample_depth)
    words = [
        f"{_size(history)} history ({bars} bars over {_two_digits(days):g} days)",
        f"{_size(traded)} volume ({volume:,.0f} USD a day)",
        "no order book read" if depth is None else f"{_size(deep)} depth ({depth:,.0f} USD within {NEAR_PCT:g} %)",
    ]
    return QualityPart("sample", history * traded * deep, ", ".join(words))


def _two_digits(amount: float) -> float:
    return float(f"{amount:.2g}")


def graded(amount: float, thin: float, ample: float) -> float:
    """Return 0..1: in proportion up to 0.1 at `thin`, then by the logarithm up to 1 at `ample`."""
    if amount <= thin:
        return AT_THIN * amount / thin
    return min(1.0, AT_THIN + (1.0 - AT_THIN) * math.log(amount / thin) / math.log(ample / thin))


def _size(value: float) -> str:
    if value <= AT_THIN:
        return "very little"
    return "ample" if value >= 1.0 else "some"


def _warnings(value: float, parts: list[QualityPart]) -> tuple[str, ...]:
    if value >= HALF:
        return ()
    weakest = min(parts, key=lambda part: part.value)
    return (f"{LOW_QUALITY} ({value:.2f}): clusters on this map may be noise. Weakest part: {weakest.reason}.",)
