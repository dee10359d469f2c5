"""Time every endpoint with the market's data in hand, in process, beside the heatmap.

Run: python bench/bench_endpoints.py
Each call asks for another position size, so that no answer is taken from the cache and no exchange is called: what is
timed is parsing, computing and encoding. `kept` is the same question again, which is answered from the cache.
"""

import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings

ROUNDS = 15
NOW = 1_795_306_800.0  # 2026-11-22T00:20Z
HEATMAP = "heatmap, 168 x 400"
QUESTIONS = {
    HEATMAP: "/v1/heatmap?exchange=sim&symbol=BTC",
    "heatmap, 1000 x 500": "/v1/heatmap?exchange=sim&symbol=BTC&lookback=1000h&bins=500",
    "heatmap, segments": "/v1/heatmap?exchange=sim&symbol=BTC&encoding=segments",
    "heatmap, two exchanges": "/v1/heatmap?exchange=sim,sim2&symbol=BTC",
    "heatmap, two and split": "/v1/heatmap?exchange=sim,sim2&symbol=BTC&split=true",
    "profile": "/v1/profile?exchange=sim&symbol=BTC",
    "zones": "/v1/zones?exchange=sim&symbol=BTC",
    "zones, 1h,4h,1d": "/v1/zones?exchange=sim&symbol=BTC&timeframes=1h,4h,1d",
    "touches, 30 days": "/v1/touches?exchange=sim&symbol=BTC",
    "scan, 4 symbols": "/v1/scan?exchange=sim",
    "diff, exchanges": "/v1/diff?a=sim&b=sim2&symbol=BTC",
    "cascade, 400 draws": "/v1/cascade?exchange=sim&symbol=BTC&move_pct=-3",
    "skill, 60 days": "/v1/skill?exchange=sim&symbol=BTC",
    "profile, uncertainty": "/v1/profile?exchange=sim&symbol=BTC&uncertainty=true",
}
PLAIN = {
    "liquidation-price": "/v1/liquidation-price?exchange=sim&symbol=BTC&side=long&entry=60000&leverage=10&size={}",
    "exchanges": "/v1/exchanges?",
    "livez": "/livez?",
}


def milliseconds(client: FlaskClient, url: str) -> tuple[float, int]:
    """Return how long one answer took and how long it is; it must be a success."""
    start = perf_counter()
    answer = client.get(url)
    taken = 1000 * (perf_counter() - start)
    assert answer.status_code == 200, answer.text
    return taken, len(answer.data)


def timed(client: FlaskClient, url: str) -> tuple[float, float, int]:
    """Return the quickest ms of new answers and of kept ones, and the bytes; `{}` in the URL takes a number."""
    milliseconds(client, url.format(1))
    new = [milliseconds(client, url.format(2 + number)) for number in range(ROUNDS)]
    kept = [milliseconds(client, url.format(2))[0] for _ in range(ROUNDS)]
    return min(taken for taken, _ in new), min(kept), new[-1][1]


def main() -> None:
    """Print ms, the ratio to the heatmap's, and the size of each answer."""
    client = create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: NOW).test_client()
    urls = {name: f"{url}&position_notional={{}}" for name, url in QUESTIONS.items()} | PLAIN
    found = {name: timed(client, url) for name, url in urls.items()}
    yardstick = found[HEATMAP][0]
    print(f"{'endpoint':24}{'new ms':>9}{'x heatmap':>11}{'kept ms':>9}{'kB':>8}")
    for name, (new, kept, size) in found.items():
        print(f"{name:24}{new:9.2f}{new / yardstick:11.2f}{kept:9.3f}{size / 1000:8.1f}")


if __name__ == "__main__":
    main()
