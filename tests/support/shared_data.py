"""Real hours for tests: three perpetuals of 2024, read from the data kept beside the repository."""

from pathlib import Path

import numpy as np
import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"
HOURS = SHARED / "data" / "binance-perp-1h-2024"
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT")

requires_shared = pytest.mark.skipif(not HOURS.is_dir(), reason="needs the real hours of ../shared/data")


def load(symbol: str) -> dict[str, np.ndarray]:
    """Return one symbol's columns under their long names: `timestamp` int64 epoch ms, all others float64, base coin.

    A value that the file leaves empty is NaN.
    """
    path = HOURS / f"{symbol}.csv"
    names = path.read_text().split("\n", 1)[0].split(",")
    table = np.genfromtxt(path, delimiter=",", skip_header=1, dtype=np.float64)
    columns = {name: table[:, index].copy() for index, name in enumerate(names)}
    columns["timestamp"] = columns["timestamp"].astype(np.int64)
    return columns
