"""Count what one market costs an exchange: cold, for each refresh of its price, and for each bar that closes.

`python bench/upstream_calls.py` prints a table. The exchanges are emulated, their paging is theirs; a call is one HTTP
request. Binance's weights are those of its own documentation, 2,400 a minute for an address.
"""

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from service.market.feed import LIMITS
from tests.emulator import Emulator, synthetic_truth
from tests.emulator.venue import Request
from tests.end_to_end.stage import HOUR, REAL, Recorder, Stage

NOW = 1_790_000_400_000
PATH = "/v1/heatmap"


def binance_weight(request: Request) -> int:
    """Return what Binance counts a request as."""
    limit = int(request.query.get("limit", "500"))
    if "depth" in request.path:
        return next(weight for most, weight in ((50, 2), (100, 5), (500, 10), (1000, 20)) if limit <= most)
    if "lines" in request.path:
        return next(weight for most, weight in ((99, 1), (499, 2), (1000, 5), (1500, 10)) if limit <= most)
    return 0 if "futures/data" in request.path else 1


def told(requests: list[Request], exchange: str) -> str:
    """Return how many calls there were, of what, and at Binance what they weigh."""
    kinds = Counter(request.path.rsplit("/", 1)[-1] for request in requests)
    calls = ", ".join(f"{count} {kind}" if count > 1 else kind for kind, count in kinds.items())
    weight = f"; weight {sum(map(binance_weight, requests))}" if exchange == "binance" else ""
    return f"{len(requests)} ({calls}{weight})"


def main() -> None:
    """Print a row for each exchange."""
    print("| exchange | cold | refresh of the price | a bar closes |")
    print("|---|---|---|---|")
    with Emulator(synthetic_truth(NOW, ahead_hours=4), NOW) as emulator:
        for exchange in REAL:
            emulator.now_ms = NOW
            query = {"exchange": exchange, "symbol": "BTC", "timeframe": "1h"}
            row = []
            with Stage(emulator, [exchange]) as stage, Recorder(emulator, exchange) as recorder:
                for step in (0, int(LIMITS["book"].fresh * 1000) + 1000, HOUR):
                    emulator.now_ms += step
                    recorder.requests.clear()
                    stage.ask(PATH, **query)
                    row.append(told(recorder.requests, exchange))
            print(f"| {exchange} | {' | '.join(row)} |")


if __name__ == "__main__":
    main()
