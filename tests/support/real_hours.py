"""Real hours for tests: three perpetuals of 2024 in a folder that is no part of the repository.

A test that needs them is marked `real_hours`; where there are none it is skipped with HOW (tests/conftest.py).
"""

from pathlib import Path

import numpy as np

from service.heatmap.base.bars import Bars
from tests.emulator.sources import REAL_HOURS, SHARED

HOUR = 3_600_000
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
HOW = "needs real hours: set REAL_HOURS to a folder with BTCUSDT.csv, ETHUSDT.csv, SOLUSDT.csv (docs/accuracy.md)"
# The reference scorer, which lives beside the hours and not here either.
REFERENCE = SHARED / "tools" / "skill.py"


def there() -> bool:
    """Return whether the folder is there."""
    return REAL_HOURS.is_dir()


def path_of(symbol: str) -> Path:
    """Return one symbol's table."""
    return REAL_HOURS / f"{symbol}.csv"


def load(symbol: str) -> dict[str, np.ndarray]:
    """Return one symbol's columns under their long names: `timestamp` int64 epoch ms, all others float64, base coin.

    A value that the file leaves empty is NaN.
    """
    path = path_of(symbol)
    names = path.read_text().split("\n", 1)[0].split(",")
    table = np.genfromtxt(path, delimiter=",", skip_header=1, dtype=np.float64)
    columns = {name: table[:, index].copy() for index, name in enumerate(names)}
    columns["timestamp"] = columns["timestamp"].astype(np.int64)
    return columns


def real_bars(symbol: str) -> Bars:
    """Return the hours of one symbol as the model reads bars."""
    table = load(symbol)
    low, high = table["low"], table["high"]
    path = (table["open"], high, low, table["close"])
    return Bars(table["timestamp"], *path, table["volume"], table["oi_close"], low, high, HOUR)
