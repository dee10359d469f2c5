"""Time every endpoint with the market's data in hand, in process: milliseconds beside what they should be.

Run: python bench/bench_endpoints.py
Each call asks for another position size, so that no answer is taken from the cache and no exchange is called: what is
timed is parsing, computing and encoding, which is what the aims are of, and then the same with gzip as well. Time is
the processor's and not the clock's, so that neighbours on the machine count little; `x fill` is in times that filling
4 MB of memory takes, in the same run. `kept` is the same question again, by the clock, answered from the cache.
"""

import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings

ROUNDS = 15
NOW = 1_795_306_800.0  # 2026-11-22T00:20Z
FILL_CELLS = 500_000
PLAIN_TEXT, ZIPPED = "identity", "gzip"


class Asked(NamedTuple):
    """An endpoint's question, the most milliseconds that it should take and the most kB compressed; None is no aim."""

    url: str
    ms: float | None = None
    kilobytes: float | None = None


MARKET = "exchange=sim&symbol=BTC"
QUESTIONS = {
    "heatmap, 168 x 400": Asked(f"/v1/heatmap?{MARKET}", 5, 60),
    "heatmap, 1000 x 500": Asked(f"/v1/heatmap?{MARKET}&lookback=1000h&bins=500", 12, 200),
    "heatmap, deltas": Asked(f"/v1/heatmap?{MARKET}&encoding=deltas", None, 60),
    "1000 x 500, deltas": Asked(f"/v1/heatmap?{MARKET}&lookback=1000h&bins=500&encoding=deltas", 12, 200),
    "heatmap, segments": Asked(f"/v1/heatmap?{MARKET}&encoding=segments"),
    "heatmap, two exchanges": Asked("/v1/heatmap?exchange=sim,sim2&symbol=BTC"),
    "heatmap, two and split": Asked("/v1/heatmap?exchange=sim,sim2&symbol=BTC&split=true"),
    "profile": Asked(f"/v1/profile?{MARKET}", 8),
    "profile, uncertainty": Asked(f"/v1/profile?{MARKET}&uncertainty=true", 20),
    "zones": Asked(f"/v1/zones?{MARKET}", 12),
    "zones, 1h,4h,1d": Asked(f"/v1/zones?{MARKET}&timeframes=1h,4h,1d", 30),
    "zones, a year at 90 %": Asked(f"/v1/zones?{MARKET}&lookback=1y&range_pct=90", 1000),
    "touches, 30 days": Asked(f"/v1/touches?{MARKET}", 40),
    "touches, 30 days at 5m": Asked(f"/v1/touches?{MARKET}&timeframe=5m&lookback=30d", 200),
    "scan, 4 symbols": Asked("/v1/scan?exchange=sim", 40),
    "diff, exchanges": Asked("/v1/diff?a=sim&b=sim2&symbol=BTC", 20),
    "cascade, 400 draws": Asked(f"/v1/cascade?{MARKET}&move_pct=-3", 40),
    "skill, 60 days": Asked(f"/v1/skill?{MARKET}", 250),
    "fitted, a year on two": Asked("/v1/profile?exchange=sim,sim2&symbol=BTC&mix=fitted&lookback=1y", 3000),
}
PLAIN = {
    "liquidation-price": Asked(
        "/v1/liquidation-price?exchange=sim&symbol=BTC&side=long&entry=60000&leverage=10&size={}"
    ),
    "exchanges": Asked("/v1/exchanges?"),
    "livez": Asked("/livez?"),
}


def answered(client: FlaskClient, url: str, encoding: str) -> tuple[float, float, int]:
    """Return the processor's and the clock's milliseconds for one answer, and its bytes; it must be a success."""
    start, clock = process_time(), perf_counter()
    answer = client.get(url, headers={"Accept-Encoding": encoding})
    taken = 1000 * (process_time() - start), 1000 * (perf_counter() - clock)
    assert answer.status_code == 200, answer.text
    return *taken, len(answer.data)


class Timed(NamedTuple):
    """The quickest ms of new answers, of new ones under gzip and of kept ones, and the bytes under gzip."""

    new: float
    zipped: float
    kept: float
    size: int


def timed(client: FlaskClient, url: str) -> Timed:
    """Time one question; `{}` in the URL takes a number."""
    first, *_ = answered(client, url.format(1), PLAIN_TEXT)
    rounds = ROUNDS if first < 500 else 3
    new = [answered(client, url.format(2 + number), PLAIN_TEXT)[0] for number in range(rounds)]
    zipped = [answered(client, url.format(2 + rounds + number), ZIPPED) for number in range(rounds)]
    kept = [answered(client, url.format(2 + rounds), ZIPPED)[1] for _ in range(rounds)]
    return Timed(min(new), min(taken for taken, *_ in zipped), min(kept), zipped[-1][2])


def fill_ms() -> float:
    """Return the quickest ms of filling 4 MB."""
    taken = []
    for _ in range(50):
        start = process_time()
        np.full(FILL_CELLS, 1.0)
        taken.append(1000 * (process_time() - start))
    return min(taken)


def beside(value: float, aim: float | None) -> str:
    """Return an aim, marked where it is missed."""
    return "" if aim is None else f"{aim:g}{'' if value <= aim else '  MISSED'}"


def main() -> None:
    """Print ms beside their aims, and the compressed size of each answer beside its own."""
    client = create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: NOW).test_client()
    asked = {name: each._replace(url=f"{each.url}&position_notional={{}}") for name, each in QUESTIONS.items()} | PLAIN
    yardstick = fill_ms()
    print(f"{'endpoint':24}{'new ms':>9} {'aim':14}{'x fill':>8}{'gzip ms':>9}{'kept ms':>9}{'kB':>8} aim")
    for name, each in asked.items():
        found = timed(client, each.url)
        new = f"{found.new:9.2f} {beside(found.new, each.ms):14}{found.new / yardstick:8.1f}"
        size = f"{found.size / 1000:8.1f} {beside(found.size / 1000, each.kilobytes)}"
        print(f"{name:24}{new}{found.zipped:9.2f}{found.kept:9.3f}{size}", flush=True)


if __name__ == "__main__":
    main()
