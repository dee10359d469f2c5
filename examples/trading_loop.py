"""Poll the zones of a market and act when price runs towards a hot one.

    python examples/trading_loop.py --exchange sim --symbol BTC

The answer's ETag is sent back with every poll: while the map has not changed the service answers 304, which costs
neither side anything. `Cache-Control` says when a new answer can be expected at the earliest.
"""

import argparse
import json
import re
import time
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class Zones:
    """The zones of one market, asked for anew only when they changed."""

    def __init__(self, base: str, **query: str) -> None:
        self._url = f"{base}/v1/zones?{urlencode(query)}"
        self._etag: str | None = None
        self.answer: dict = {}
        self.wait = 15.0

    def poll(self) -> bool:
        """Ask once; return whether the answer is a new one. Raises HTTPError for a refusal, which says why."""
        headers = {"If-None-Match": self._etag} if self._etag else {}
        try:
            with urlopen(Request(self._url, headers=headers), timeout=30) as response:
                self.answer, self._etag = json.load(response), response.headers["ETag"]
                self.wait = seconds_of(response.headers)
                return True
        except HTTPError as error:
            if error.code == 304:
                self.wait = seconds_of(error.headers)
                return False
            if error.code in (429, 503):
                self.wait = float(error.headers.get("Retry-After", 5))
                return False
            raise


def seconds_of(headers) -> float:
    """Return for how long an answer stands."""
    found = re.search(r"max-age=(\d+)", headers.get("Cache-Control", ""))
    return max(float(found[1]) if found else 15.0, 1.0)


def signals(answer: dict) -> list[dict]:
    """Return the hot zones that price runs towards, nearest first; none where the answer is not to be trusted."""
    if answer["stale"] or answer["data_quality"]["value"] < 0.5:
        return []
    running = [zone for zone in answer["hot"] if zone["approach"]["state"] in ("fast", "approaching")]
    return sorted(running, key=lambda zone: zone["distance_pct"])


def act(zone: dict, answer: dict) -> None:
    """Do what you do: here, say it."""
    core, stop = zone["core"], zone["stop"]
    print(
        f"{answer['symbol']} {answer['price']:,.0f}: {zone['approach']['state']} towards {zone['id']}, "
        f"core {core['low']:,.0f} to {core['high']:,.0f}, {zone['distance_pct']:.2f} % away, "
        f"stop beyond {stop['price']:,.0f}",
        flush=True,
    )


def main() -> None:
    """Poll until interrupted, or so many times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", default="http://127.0.0.1:8080")
    parser.add_argument("--exchange", default="sim")
    parser.add_argument("--symbol", default="BTC")
    parser.add_argument("--polls", type=int, default=0, help="0: until interrupted")
    args = parser.parse_args()
    zones, asked = Zones(args.base, exchange=args.exchange, symbol=args.symbol, timeframes="1h,4h", kind="hot"), 0
    while True:
        if zones.poll():
            for zone in signals(zones.answer):
                act(zone, zones.answer)
        asked += 1
        if asked == args.polls:
            return
        time.sleep(zones.wait)


if __name__ == "__main__":
    main()
