"""A freqtrade strategy that knows where the next hot zones are.

Copy it to user_data/strategies and run `freqtrade trade --strategy ZonesStrategy`. It reads /v1/zones of the traded
pair, from the exchange of your choice, and adds columns to the newest candle: the way to the next hot zone up and down,
and its stop. It buys within reach of the zone of longs below, and sells within reach of the zone of shorts above.

It is a pattern to build on and no advice: backtest on maps of the past, which `as_of` gives.
"""

import json
import os
from urllib.parse import urlencode
from urllib.request import urlopen

import pandas as pd

try:
    from freqtrade.strategy import IStrategy
except ImportError:  # to be tried without freqtrade
    IStrategy = object

BASE = os.environ.get("HEATMAP_URL", "http://127.0.0.1:8080")
EXCHANGE = os.environ.get("HEATMAP_EXCHANGE", "sim")
NEAR_PCT = 0.5


def next_zones(pair: str) -> dict[str, dict]:
    """Return the nearest hot zone on each side by `long` and `short`; a side without one is left out."""
    query = {"exchange": EXCHANGE, "symbol": pair, "kind": "hot", "timeframes": "1h,4h"}
    with urlopen(f"{BASE}/v1/zones?{urlencode(query)}", timeout=10) as response:
        answer = json.load(response)
    if answer["stale"] or answer["data_quality"]["value"] < 0.5:
        return {}
    found: dict[str, dict] = {}
    for zone in sorted(answer["hot"], key=lambda one: one["distance_pct"]):
        found.setdefault(zone["side"], zone)
    return found


class ZonesStrategy(IStrategy):
    """Trades between the zone of longs below and that of shorts above."""

    INTERFACE_VERSION = 3
    timeframe = "1h"
    can_short = False
    minimal_roi = {"0": 0.05}
    stoploss = -0.05

    def informative_pairs(self) -> list[tuple[str, str]]:
        """Ask freqtrade for the 4 h candles of what is traded, which the zones are read with."""
        return [(pair, "4h") for pair in self.dp.current_whitelist()]

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        """Add the way to the next zones in per cent, and the stop beyond them, to the newest candle."""
        columns = ["below_pct", "above_pct", "below_stop", "above_stop"]
        dataframe[columns] = float("nan")
        newest = dataframe.index[-1]
        for side, name in (("long", "below"), ("short", "above")):
            zone = next_zones(metadata["pair"]).get(side)
            if zone:
                dataframe.loc[newest, f"{name}_pct"] = zone["distance_pct"]
                dataframe.loc[newest, f"{name}_stop"] = zone["stop"]["price"]
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        """Enter long within reach of the zone below."""
        dataframe.loc[dataframe["below_pct"] <= NEAR_PCT, ["enter_long", "enter_tag"]] = (1, "hot zone below")
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        """Leave within reach of the zone above."""
        dataframe.loc[dataframe["above_pct"] <= NEAR_PCT, ["exit_long", "exit_tag"]] = (1, "hot zone above")
        return dataframe
