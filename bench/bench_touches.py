"""Time /v1/touches in process with the market's data in hand, and the part of it that is not the map.

Run: python -m bench.bench_touches
Each call asks for another position size, so that no answer is taken from the cache.
"""

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any
from unittest.mock import patch

from flask.testing import FlaskClient

from service.app import create_app
from service.heatmap import find_touches
from service.heatmap.touches import Touches
from service.settings import Settings

NOW = 1_795_306_800.0  # 2026-11-22T00:20Z
ROUNDS = 5
SPANS = (("5m", "30d"), ("15m", "30d"), ("1h", "30d"), ("1h", "90d"))
SYMBOLS = ("BTC", "SOL", "THIN")


class Timed:
    """Stands in for find_touches and notes how long it took and what it was asked."""

    def __init__(self) -> None:
        """Start with nothing noted."""
        self.seconds = 0.0
        self.again: Callable[[], Touches]

    def __call__(self, *args: Any, **options: Any) -> Touches:  # noqa: ANN401 - passed on as they are
        """Find, and note."""
        self.again = partial(find_touches, *args, **options)
        start = perf_counter()
        found = self.again()
        self.seconds = perf_counter() - start
        return found


def best(client: FlaskClient, timed: Timed, url: str) -> tuple[float, float, int]:
    """Return the quickest whole answer and the quickest search in it, seconds, and the number of touches."""
    spent = []
    for number in range(1, ROUNDS + 1):
        start = perf_counter()
        answer = client.get(f"{url}&position_notional={number}")
        spent.append((perf_counter() - start, timed.seconds))
        assert answer.status_code == 200, answer.text
        assert timed.again() == timed.again(), "two runs over the same inputs differ"
    whole, search = zip(*spent, strict=True)
    return min(whole), min(search), len(answer.get_json()["touches"])


def main() -> None:
    """Print seconds of the answer, and of finding, matching and judging the touches once the map is there."""
    client = create_app(Settings(exchanges=("sim",)), clock=lambda: NOW).test_client()
    print(f"{'':14}{'symbol':8}{'touches':>8}{'answer s':>10}{'search s':>10}{'share':>8}")
    with patch("service.analysis.results.touches.find_touches", Timed()) as timed:
        for timeframe, lookback in SPANS:
            for symbol in SYMBOLS:
                url = f"/v1/touches?exchange=sim&symbol={symbol}&timeframe={timeframe}&lookback={lookback}"
                client.get(url)
                whole, search, count = best(client, timed, url)
                name = f"{timeframe}, {lookback}"
                print(f"{name:14}{symbol:8}{count:8}{whole:10.3f}{search:10.3f}{search / whole:8.0%}")


if __name__ == "__main__":
    main()
