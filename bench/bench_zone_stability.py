"""Measure how much of the zones is the same after a refresh with one more 5-minute bar, over three days.

Run: python bench/bench_zone_stability.py
Each refresh is two requests to /v1/zones five minutes apart, through the application in this process: on the simulated
markets, and on real hours (split into 5-minute bars) through the emulator where these are there. Aim: a median Jaccard
of at least 0.85. `kept ids` is the share of zone ids, of all in either answer, that are in both.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings
from tests.emulator import Emulator, real_truth
from tests.emulator.sources import REAL_HOURS

STEP, DAY = 300_000, 86_400_000
REFRESHES, DAYS = 48, 3
SIM_NOW = 1_795_306_800_000
# the three days around the crash of 5 August 2024, and three quiet ones
REAL_ENDS = {"crash": 1_722_989_100_000, "quiet": 1_721_520_300_000}
QUERIES = {
    "5m": {"timeframe": "5m", "lookback": "2d"},
    "1h": {"timeframe": "1h"},
    "5m,1h": {"timeframes": "5m,1h", "lookback": "2d"},
}


class Clock:
    """A clock that stands where it is put; epoch ms."""

    def __init__(self, now: int) -> None:
        """Start at `now`."""
        self.now = now

    def __call__(self) -> float:
        """Return epoch seconds."""
        return self.now / 1000


def jaccard(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> float:
    """Return the length of price that zones of both cover, side by side, over what either covers; 1 if none does."""
    both = sum(
        max(0.0, min(a["high"], b["high"]) - max(a["low"], b["low"]))
        for a in one
        for b in other
        if a["side"] == b["side"] and a["timeframe"] == b["timeframe"]
    )
    either = sum(zone["high"] - zone["low"] for zone in one + other) - both
    return both / either if either else 1.0


def kept_ids(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> float:
    """Return the share of ids that are in both, of those in either."""
    a, b = ({(zone["timeframe"], zone["id"]) for zone in zones} for zones in (one, other))
    return len(a & b) / len(a | b) if a | b else 1.0


def refreshes(client: FlaskClient, clock: Clock, end: int, query: dict[str, str]) -> Iterator[tuple[Any, Any]]:
    """Yield the answers before and after each refresh, spread evenly over the days before `end`."""
    for start in np.linspace(end - DAYS * DAY, end - STEP, REFRESHES).astype(np.int64) // STEP * STEP:
        answers = []
        for moment in (int(start), int(start) + STEP):
            # a quarter of a minute after the bar closed
            clock.now = moment + 15_000
            answer = client.get("/v1/zones", query_string=query)
            assert answer.status_code == 200, answer.text
            answers.append(answer.json)
        yield answers[0], answers[1]


def report(name: str, client: FlaskClient, clock: Clock, end: int, query: dict[str, str]) -> float:
    """Print one row; return the median Jaccard of the hot zones."""
    pairs = list(refreshes(client, clock, end, query))
    hot = [jaccard(before["hot"], after["hot"]) for before, after in pairs]
    cold = [jaccard(before["cold"], after["cold"]) for before, after in pairs]
    ids = [kept_ids(before["hot"], after["hot"]) for before, after in pairs]
    zones = np.mean([len(after["hot"]) for _, after in pairs])
    print(
        f"{name:34}{np.median(hot):8.3f}{np.mean(hot):7.3f}{np.quantile(hot, 0.1):7.3f}{np.median(cold):9.3f}"
        f"{np.mean(ids):10.3f}{zones:11.1f}"
    )
    return float(np.median(hot))


@contextmanager
def real_market(end: int) -> Iterator[tuple[FlaskClient, Clock]]:
    """Serve the real hours at their own dates from the emulator, on a clock that can be moved up to `end`."""
    clock = Clock(end)
    with Emulator(real_truth(end, shift=False), lambda: clock.now) as emulator:
        settings = Settings(exchanges=("bybit",), base_urls={"bybit": emulator.url("bybit")}, unthrottled=True)
        yield create_app(settings, clock=clock).test_client(), clock


def main() -> None:
    """Print a row per market and query."""
    print(f"{REFRESHES} refreshes by one 5-minute bar over {DAYS} days; Jaccard of zone bins")
    print(f"{'market, timeframe':34}{'median':>8}{'mean':>7}{'p10':>7}{'cold med':>9}{'kept ids':>10}{'hot zones':>11}")
    medians = []
    for exchange, symbol, names in (("sim", "BTC", QUERIES), ("sim", "SOL", ["5m"]), ("sim2", "BTC", ["5m"])):
        clock = Clock(SIM_NOW)
        client = create_app(Settings(exchanges=(exchange,)), clock=clock).test_client()
        for name, query in ((name, QUERIES[name]) for name in names):
            whole = {"exchange": exchange, "symbol": symbol, **query}
            medians.append(report(f"{exchange} {symbol}, {name}", client, clock, SIM_NOW, whole))
    if not REAL_HOURS.is_dir():
        print("no real hours (REAL_HOURS names their folder): left out")
        return
    for days, end in REAL_ENDS.items():
        with real_market(end) as (client, clock):
            for symbol in ("BTC", "ETH", "SOL"):
                whole = {"exchange": "bybit", "symbol": symbol, **QUERIES["5m"]}
                medians.append(report(f"real {symbol} ({days}), 5m", client, clock, end, whole))
    print(f"worst median {min(medians):.3f}; aim 0.85")


if __name__ == "__main__":
    main()
