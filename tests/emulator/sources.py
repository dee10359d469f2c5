"""Where the truth comes from: real hours kept beside the repository, or a seeded random walk with a crash."""

import csv
import os
from pathlib import Path

import numpy as np

from tests.emulator.hours import COINS, HOUR, Coin, Floats, Hours, Ints, Slices, split
from tests.emulator.truth import Truth

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
# not LH_: names that begin so are the service's own settings, and it refuses those that it does not know
REAL_HOURS = Path(os.environ.get("REAL_HOURS") or SHARED / "data" / "binance-perp-1h-2024")
START_PRICE = {"BTC": 64_000.0, "ETH": 3_400.0, "SOL": 140.0}
HOURLY_TURNOVER_USD = 3e8


def load_truth(source: str, now: int, *, shift: bool = True, ahead_hours: int = 0) -> Truth:
    """Return the truth of that source (`real`, `synthetic`, or `auto`: real where the files are)."""
    if source == "auto":
        source = "real" if REAL_HOURS.is_dir() else "synthetic"
    if source == "real":
        return real_truth(now, shift=shift, ahead_hours=ahead_hours)
    return synthetic_truth(now, ahead_hours=ahead_hours)


def last_open(now: int, ahead_hours: int = 0) -> int:
    """Return the open time of the last hour: it closes at `now`, or holds it when now is not a full hour."""
    return -(-now // HOUR) * HOUR - HOUR + ahead_hours * HOUR


def real_truth(now: int, *, shift: bool = True, ahead_hours: int = 0, folder: Path = REAL_HOURS) -> Truth:
    """Return the real hours, moved by a whole number of hours to end at `now`, or where they were."""
    slices = {}
    for base, coin in COINS.items():
        with (folder / f"{base}USDT.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        moved = last_open(now, ahead_hours) - int(rows[-1]["timestamp"]) if shift else 0
        slices[base] = _from_rows(coin, rows, moved)
    return Truth(slices)


def _from_rows(coin: Coin, rows: list[dict[str, str]], moved: int) -> Slices:
    """Return one coin's slices from its table; figures that the table lacks count as zero."""

    def prices(name: str) -> Floats:
        return np.array([float(row[name] or 0) for row in rows])

    def lots(name: str) -> Ints:
        return np.round(prices(name) * coin.per_coin).astype(np.int64)

    hours = Hours(
        coin=coin,
        time=np.array([int(row["timestamp"]) for row in rows]) + moved,
        open=prices("open"),
        high=prices("high"),
        low=prices("low"),
        close=prices("close"),
        volume=lots("volume"),
        liquidated_long=lots("liquidated_long"),
        liquidated_short=lots("liquidated_short"),
        taker_buy=lots("taker_buy_volume"),
        trades=prices("trades").astype(np.int64),
        open_interest=lots("oi_close"),
        ratio=prices("long_short_ratio"),
    )
    return split(hours, int(lots("oi_open")[0]))


def synthetic_truth(now: int, *, hours: int = 1464, seed: int = 7, ahead_hours: int = 0) -> Truth:
    """Return a random walk per coin that falls by a fifth in six hours three quarters of the way through."""
    last = last_open(now, ahead_hours)
    return Truth({base: _walk(coin, hours, last, seed + i) for i, (base, coin) in enumerate(COINS.items())})


def _walk(coin: Coin, hours: int, last: int, seed: int) -> Slices:
    """Return one coin's random slices: the crash trades five times as much and sheds open interest."""
    random = np.random.default_rng(seed)
    crash = np.zeros(hours)
    crash[hours * 3 // 4 : hours * 3 // 4 + 6] = 1.0
    moves = random.normal(0.0, 0.005, hours) + crash * np.log(0.8) / 6
    path = START_PRICE[coin.base] * np.exp(np.concatenate(([0.0], np.cumsum(moves))))
    path = np.round(path, coin.price_digits)
    opened, closed = path[:-1], path[1:]
    wicks = np.abs(random.normal(0.0, 0.003, (2, hours))) * opened
    high = np.round(np.maximum(opened, closed) + wicks[0], coin.price_digits)
    low = np.round(np.minimum(opened, closed) - wicks[1], coin.price_digits)
    volume = HOURLY_TURNOVER_USD / opened * random.lognormal(0.0, 0.4, hours) * (1 + 4 * crash)
    drift = random.normal(0.0, 0.05, hours) - 0.15 * crash
    interest = 20 * HOURLY_TURNOVER_USD / path[0] + np.cumsum(np.clip(drift, -0.6, 0.6) * volume)
    forced = volume * random.uniform(0.0, 0.01, (2, hours)) * (1 + 9 * crash)

    def lots(amount: Floats) -> Ints:
        return np.round(amount * coin.per_coin).astype(np.int64)

    bars = Hours(
        coin=coin,
        time=last - HOUR * np.arange(hours - 1, -1, -1),
        open=opened,
        high=high,
        low=low,
        close=closed,
        volume=lots(volume),
        taker_buy=lots(volume * random.uniform(0.4, 0.6, hours)),
        trades=random.integers(5_000, 50_000, hours),
        open_interest=lots(np.maximum(interest, interest.max() / 10)),
        liquidated_long=lots(forced[0]),
        liquidated_short=lots(forced[1]),
        ratio=np.round(random.uniform(0.8, 3.0, hours), 4),
    )
    return split(bars, int(bars.open_interest[0]))
