"""Print the tables of docs/crash-2024-08-05.md from the real hours.

Run: python -m bench.crash_tables
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from service.heatmap.touches import DEFAULT_TOUCH_RULES
from tests.emulator import Emulator, real_truth
from tests.emulator.hours import MARK_WICK
from tests.emulator.sources import REAL_HOURS
from tests.end_to_end.stage import HOUR, Stage

EXCHANGE, COINS, DAY = "bybit", ("BTC", "ETH", "SOL"), "2024-08-05"
END = int(datetime(2024, 8, 19, 22, tzinfo=UTC).timestamp() * 1000)
MIDNIGHT = int(datetime(2024, 8, 5, tzinfo=UTC).timestamp() * 1000)
LOWEST = MIDNIGHT + 6 * HOUR
# the dash of ranges, and of what is not known
DASH = "\N{EN DASH}"
COMMON = {"exchange": EXCHANGE, "timeframe": "1h", "range_pct": 30}
MONTH = COMMON | {"lookback": "30d", "as_of": "2024-08-06T00:00:00Z"}
ALL = COMMON | {"lookback": "53d", "as_of": "2024-08-19T22:00:00Z"}
SLOW = 0.01
METRICS = ("swept_and_reversed", "broke_through", "follow_through_1", "follow_through_4", "follow_through_24")

Row = Sequence[object]


def table(title: str, head: Sequence[str], rows: Iterator[Row]) -> None:
    """Print a titled table."""
    print(f"\n**{title}**\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")


def signed(value: float | None, digits: int = 1) -> str:
    """Return a number with its sign, a dash for none."""
    return DASH if value is None else f"{value:+.{digits}f}"


def share(value: float | None) -> str:
    """Return a share in per cent, a dash for none."""
    return DASH if value is None else f"{value:.0%}"


def rules() -> Iterator[Row]:
    """Yield the thresholds that the other tables hang on."""
    yield "a volume spike is a z of at least", f"{DEFAULT_TOUCH_RULES.spike_z:g}"
    yield "a long wick is a share of the hour's range of at least", f"{DEFAULT_TOUCH_RULES.long_wick:g}"
    yield "share of a traded wick that the made-up mark price follows", f"{MARK_WICK:g}"
    yield "fewest matched touches for a verdict", DEFAULT_TOUCH_RULES.fewest_touches
    yield "fewest days of them", DEFAULT_TOUCH_RULES.fewest_days
    yield "resamples of the days", DEFAULT_TOUCH_RULES.bootstraps


def fall(stage: Stage) -> Iterator[Row]:
    """Yield how far each coin fell in the day's first hours."""
    for coin in COINS:
        hours = stage.emulator.truth.candles(coin, HOUR, END)
        first = int(np.searchsorted(hours.time, MIDNIGHT))
        low = first + int(hours.low[first : first + 24].argmin())
        opened, lowest = hours.open[first], hours.low[low]
        at = datetime.fromtimestamp(int(hours.time[low]) / 1000, tz=UTC)
        yield coin, f"{opened:,.6g}", f"{lowest:,.6g}", f"{at:%H:%M}", f"{1 - lowest / opened:.0%}"


def touched(stage: Stage, coin: str) -> Iterator[Row]:
    """Yield the day's entries into long zones."""
    for touch in of_day(stage.ask("/v1/touches", symbol=coin, side="long", **MONTH)):
        yield (
            touch["time"][11:16],
            f"{touch['low']:,.6g} → {touch['close']:,.6g}",
            f"{touch['zone_low']:,.6g}{DASH}{touch['zone_high']:,.6g}",
            f"{touch['zone_notional'] / 1e6:.0f}",
            share(touch["depth"]),
            f"{touch['volume_z']:.1f}",
            f"{touch['wick_share']:.2f}",
            touch["outcome"] or DASH,
            touch["confirmation"],
            f"{signed(touch['follow_through_1'])} / {signed(touch['follow_through_4'])}",
        )


def of_day(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the day's touches."""
    return [touch for touch in answer["touches"] if touch["time"].startswith(DAY)]


def sides(stage: Stage) -> Iterator[Row]:
    """Yield how many of the day's touches had both signs, by side, and how many of these reversed."""
    for coin in COINS:
        for side in ("long", "short"):
            found = of_day(stage.ask("/v1/touches", symbol=coin, side=side, **MONTH))
            turned = [touch for touch in found if touch["outcome"] == "swept_and_reversed"]
            both = [touch for touch in found if touch["confirmation"] == "confirmed"]
            yield coin, side, len(found), len(turned), len(both), sum(touch in turned for touch in both)


def cleared(stage: Stage) -> Iterator[Row]:
    """Yield what the lowest hour left of the longs between the close before and its lowest mark price."""
    for coin in COINS:
        mark = stage.emulator.truth.candles(coin, HOUR, END, mark=True)
        at = int(np.searchsorted(mark.time, LOWEST))
        stood, left = standing(stage, coin, mark.low[at], mark.close[at - 1])
        before, after = standing(stage, coin, mark.low[at], mark.close[at - 1], churn=SLOW)
        yield coin, f"{mark.low[at]:,.6g}", f"{stood / 1e6:.0f}", f"{left / 1e6:.0f}", share(after / before)


def standing(stage: Stage, coin: str, low: float, high: float, **assumed: float) -> tuple[float, float]:
    """Return the longs in bins between two prices, USD, before and after the lowest hour."""
    grid = stage.ask("/v1/heatmap", symbol=coin, bins=400, **MONTH, **assumed)["grid"]
    edges, long = np.array(grid["edges"]), np.array(grid["long"])
    crossed, column = (edges[:-1] >= low) & (edges[1:] <= high), grid["time"].index(LOWEST)
    return float(long[column - 1][crossed].sum()), float(long[column][crossed].sum())


def totals(stage: Stage, query: dict[str, Any]) -> Iterator[Row]:
    """Yield each coin's summary, its verdict in its own words."""
    for coin in COINS:
        summary = stage.ask("/v1/touches", symbol=coin, **query)["summary"]
        counts = [summary[name] for name in ("touches", "matched", "confirmed")]
        yield coin, *counts, share(summary["confirmed_reversal"]), share(summary["other_reversal"]), summary["verdict"]


def readings(stage: Stage, query: dict[str, Any]) -> Iterator[Row]:
    """Yield every figure's difference from placebo zones with its interval and reading."""
    for coin in COINS:
        for item in stage.ask("/v1/touches", symbol=coin, **query)["summary"]["comparisons"]:
            ends = f"{signed(item['low'], 2)} to {signed(item['high'], 2)}"
            means = (f"{item[name]:.2f}" for name in ("hot", "placebo"))
            yield coin, item["metric"], *means, signed(item["difference"], 2), ends, item["reading"]


def main() -> None:
    """Print all tables."""
    if not REAL_HOURS.is_dir():
        sys.exit("needs real hours: set REAL_HOURS to their folder (docs/accuracy.md)")
    with Emulator(real_truth(END, shift=False), END) as emulator, Stage(emulator, [EXCHANGE]) as stage:
        table("Rules", ("rule", "figure"), rules())
        table("The fall", ("", "open of the day", "low of the day", "in the hour of", "fall"), fall(stage))
        head = ("hour", "low → close", "long zone entered", "notional", "depth", "z", "wick", "outcome")
        for coin in COINS:
            table(coin, (*head, "confirmation", "after 1 / 4"), touched(stage, coin))
        columns: tuple[str, ...] = ("", "side", "touches", "reversed", "confirmed", "confirmed and reversed")
        table("Both sides, that day", columns, sides(stage))
        columns = ("", "lowest mark price", "stood before", "stands after", f"left of it at churn {SLOW:g}")
        table("The hour of 06:00", columns, cleared(stage))
        columns = ("", "touches", "matched", "confirmed", "reversed of these", "of the others", "verdict")
        table("30 days", columns, totals(stage, MONTH))
        table("53 days", columns, totals(stage, ALL))
        columns = ("", "figure", "hot", "placebo", "difference", "95 % interval", "reading")
        table("53 days, every figure", columns, readings(stage, ALL))


if __name__ == "__main__":
    main()
