"""Our small table of risk tiers, for an exchange that shows its own only to account holders.

Binance publishes its USD-M brackets on its website, and over the API only with a key. These are the main symbols'
brackets as they stood in late 2024. Brackets change a few times a year: callers are told `table`, and `assumed` for
any symbol that is not here.
"""

from collections.abc import Mapping

import numpy as np

from service.market.adapter import ladder
from service.market.contract import Tiers

Ladder = tuple[tuple[float, float, float], ...]

# (floor in quote currency, maintenance rate, most leverage)
BINANCE: Mapping[str, Ladder] = {
    "BTC/USDT:USDT": (
        (0, 0.004, 125),
        (50_000, 0.005, 100),
        (600_000, 0.0065, 75),
        (3e6, 0.01, 50),
        (12e6, 0.02, 25),
        (70e6, 0.025, 20),
        (100e6, 0.05, 10),
        (230e6, 0.1, 5),
        (480e6, 0.125, 4),
        (600e6, 0.15, 3),
        (800e6, 0.25, 2),
        (1200e6, 0.5, 1),
    ),
    "ETH/USDT:USDT": (
        (0, 0.004, 125),
        (50_000, 0.005, 100),
        (600_000, 0.0065, 75),
        (3e6, 0.01, 50),
        (12e6, 0.02, 25),
        (50e6, 0.025, 20),
        (65e6, 0.05, 10),
        (150e6, 0.1, 5),
        (320e6, 0.125, 4),
        (400e6, 0.15, 3),
        (530e6, 0.25, 2),
        (800e6, 0.5, 1),
    ),
    "SOL/USDT:USDT": (
        (0, 0.005, 100),
        (20_000, 0.0065, 75),
        (100_000, 0.01, 50),
        (800_000, 0.02, 25),
        (4e6, 0.025, 20),
        (8e6, 0.05, 10),
        (40e6, 0.1, 5),
        (80e6, 0.125, 4),
        (100e6, 0.25, 2),
        (200e6, 0.5, 1),
    ),
    "BNB/USDT:USDT": (
        (0, 0.005, 75),
        (10_000, 0.006, 50),
        (50_000, 0.01, 40),
        (200_000, 0.02, 25),
        (1.5e6, 0.025, 20),
        (3e6, 0.05, 10),
        (15e6, 0.1, 5),
        (30e6, 0.125, 4),
        (37.5e6, 0.25, 2),
        (75e6, 0.5, 1),
    ),
    "XRP/USDT:USDT": (
        (0, 0.005, 75),
        (10_000, 0.0065, 50),
        (20_000, 0.01, 40),
        (160_000, 0.02, 25),
        (800_000, 0.025, 20),
        (1.6e6, 0.05, 10),
        (8e6, 0.1, 5),
        (16e6, 0.125, 4),
        (20e6, 0.25, 2),
        (40e6, 0.5, 1),
    ),
    "DOGE/USDT:USDT": (
        (0, 0.005, 75),
        (10_000, 0.007, 50),
        (50_000, 0.01, 40),
        (750_000, 0.02, 25),
        (800_000, 0.025, 20),
        (1.6e6, 0.05, 10),
        (8e6, 0.1, 5),
        (16e6, 0.125, 4),
        (20e6, 0.25, 2),
        (40e6, 0.5, 1),
    ),
}

# what Binance's public exchangeInfo states for every symbol alike: 2.5 % maintenance, 5 % initial margin
ASSUMED: Ladder = ((0, 0.025, 20),)


def tiers_from_table(symbol: str, table: Mapping[str, Ladder] = BINANCE) -> Tiers:
    """Return the symbol's tiers (`table`), or one cautious tier (`assumed`) if it is not in the table."""
    floor, rate, leverage = np.array(table.get(symbol, ASSUMED), dtype=np.float64).T
    return ladder(np.ascontiguousarray(floor), rate, leverage, "table" if symbol in table else "assumed")
