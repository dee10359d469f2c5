"""Print the tables of docs/crash-2024-08-05.md from the real hours.

Run: python bench/crash_tables.py
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.emulator import Emulator, real_truth
from tests.emulator.sources import REAL_HOURS
from tests.emulator.truth import Candles
from tests.end_to_end.stage import HOUR, Stage

EXCHANGE, COINS, DAY = "bybit", ("BTC", "ETH", "SOL"), "2024-08-05"
END = int(datetime(2024, 8, 19, 22, tzinfo=UTC).timestamp() * 1000)
# the dash of ranges, and of what is not known
DASH = "\N{EN DASH}"
COMMON = {"exchange": EXCHANGE, "timeframe": "1h", "range_pct": 30}
MONTH = COMMON | {"lookback": "30d", "as_of": "2024-08-06T00:00:00Z", "side": "long"}
ALL = COMMON | {"lookback": "53d", "as_of": "2024-08-19T22:00:00Z"}
HEAD = "| hour | low → close | long zone entered | notional | z | wick | outcome | confirmation | after 1 / 4 |"


def signed(value: float | None) -> str:
    """Return a number with its sign, a dash for none."""
    return DASH if value is None else f"{value:+.1f}"


def row(touch: dict[str, Any], hours: Candles) -> str:
    """Return one touch as a row; `hours` are the traded bars."""
    opened = int(datetime.fromisoformat(touch["time"]).timestamp() * 1000)
    at = int((hours.time == opened).argmax())
    cells = [
        touch["time"][11:16],
        f"{hours.low[at]:,.6g} → {hours.close[at]:,.6g}",
        f"{touch['zone_low']:,.6g}{DASH}{touch['zone_high']:,.6g}",
        f"{touch['zone_notional'] / 1e6:.0f}",
        f"{touch['volume_z']:.1f}",
        f"{touch['wick_share']:.2f}",
        touch["outcome"],
        touch["confirmation"],
        f"{signed(touch['follow_through_1'])} / {signed(touch['follow_through_4'])}",
    ]
    return f"| {' | '.join(cells)} |"


def totals(summary: dict[str, Any]) -> str:
    """Return a summary as a row, its verdict in its own words."""
    shares = [
        DASH if summary[name] is None else f"{summary[name]:.0%}" for name in ("confirmed_reversal", "other_reversal")
    ]
    counts = [f"{summary[name]}" for name in ("touches", "matched", "confirmed")]
    return f"{' | '.join([*counts, *shares])} | {summary['verdict']} |"


def main() -> None:
    """Print the rows of the day, then what all touches come to."""
    if not REAL_HOURS.is_dir():
        sys.exit("needs the real hours of ../shared/data")
    with Emulator(real_truth(END, shift=False), END) as emulator, Stage(emulator, [EXCHANGE]) as stage:
        for coin in COINS:
            hours = emulator.truth.candles(coin, HOUR, END)
            print(f"\n**{coin}**\n\n{HEAD}\n|{'---|' * 9}")
            for touch in stage.ask("/v1/touches", symbol=coin, **MONTH)["touches"]:
                if touch["time"].startswith(DAY):
                    print(row(touch, hours))
        for name, query in (("30 days", MONTH), ("all hours", ALL)):
            print(f"\n{name}\n\n| | touches | matched | confirmed | reversed of these | of the others | verdict |")
            print(f"|{'---|' * 7}")
            for coin in COINS:
                print(f"| {coin} | {totals(stage.ask('/v1/touches', symbol=coin, **query)['summary'])}")


if __name__ == "__main__":
    main()
