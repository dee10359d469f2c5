"""What the exchanges are asked for, counted by the emulator: once however many wait, and never what is in hand."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.emulator import Emulator
from tests.end_to_end.conftest import next_hour
from tests.end_to_end.stage import FOUR, HOUR, Recorder, Stage

CROWD = 20
# of each venue: requests for bars, and the names under which these say from when to when (in ms, or s at gate)
BARS = {
    "binance": ("/fapi/v1/klines", "startTime", "endTime", 1),
    "bybit": ("market/kline", "start", "end", 1),
    "okx": ("market/candles", "before", "after", 1),
    "gate": ("candlesticks", "from", "to", 1000),
}
LISTINGS = ("exchangeInfo", "instruments", "usdt/contracts", "btc/contracts", "spot/currencies")
# rows asked for again at a tail, and the new one
MOST_TAIL = 6
# a page without a row, the same once more, and the one before it
MOST_AGAIN = 3


@pytest.fixture
def stage(emulator: Emulator) -> Iterator[Stage]:
    """Serve the four exchanges, nothing in hand."""
    with Stage(emulator) as found:
        yield found


def counts(emulator: Emulator) -> dict[str, Counter[str]]:
    """Return how often each path of each venue was called so far."""
    with emulator.lock:
        return {name: Counter(emulator.counts[name]) for name in FOUR}


def at_once(call: Callable[[], Any]) -> list[Any]:
    """Return what each of a crowd gets who call at the same moment."""
    barrier = threading.Barrier(CROWD)

    def one() -> Any:
        barrier.wait(30)
        return call()

    with ThreadPoolExecutor(CROWD) as pool:
        return [future.result(60) for future in [pool.submit(one) for _ in range(CROWD)]]


@pytest.mark.parametrize("exchange", ["binance", "all"])
def test_a_crowd_causes_the_calls_of_one(emulator: Emulator, exchange: str) -> None:
    """Twenty who ask for the same market at once get one and the same answer, for the calls that one would cause."""
    query = {"exchange": exchange, "symbol": "BTC", "bins": 100}
    with Stage(emulator) as alone:
        expected = alone.get("/v1/heatmap", **query)
    by_one = counts(emulator)
    emulator.forget()
    with Stage(emulator) as stage:
        answers = at_once(lambda: stage.get("/v1/heatmap", **query))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.data for answer in answers} == {expected.data}
    assert {answer.headers["ETag"] for answer in answers} == {expected.headers["ETag"]}
    assert counts(emulator) == by_one
    assert sum(by_one["binance"].values()) > 0


def test_a_crowd_of_different_questions_shares_what_it_can(emulator: Emulator, stage: Stage) -> None:
    """Whatever is asked of one market, its bars are fetched once."""
    paths = ["/v1/heatmap", "/v1/profile", "/v1/zones", "/v1/diff"]
    asked = iter(paths * (CROWD // len(paths)))
    lock = threading.Lock()

    def call() -> int:
        with lock:
            path = next(asked)
        query = {"a": "bybit", "b": "bybit"} if path == "/v1/diff" else {"exchange": "bybit"}
        return stage.get(path, symbol="BTC", **query).status_code

    assert set(at_once(call)) == {200}
    for path in ("market/kline", "instruments-info", "orderbook", "mark-price-kline"):
        # instruments are listed by category, in two calls
        assert emulator.calls("bybit", path) <= (4 if path == "instruments-info" else 2), path


@pytest.mark.parametrize("exchange", FOUR)
def test_one_more_bar_costs_its_tail(emulator: Emulator, stage: Stage, exchange: str) -> None:
    """When an hour has passed, one call brings the few newest bars, and nothing else of the history is read again."""
    query = {"exchange": exchange, "symbol": "BTC", "bins": 100}
    before = stage.ask("/v1/heatmap", **query)
    next_hour(emulator)
    path, since, until, unit = BARS[exchange]
    with Recorder(emulator, exchange) as recorder:
        after = stage.ask("/v1/heatmap", **query)
    assert after["grid"]["time"][-1] == before["grid"]["time"][-1] + HOUR
    assert recorder.asked(path)
    for asked in recorder.asked(path):
        assert (int(asked[until]) - int(asked[since])) * unit < MOST_TAIL * HOUR
    # gate tells mark from traded prices by the contract's name, not by the path
    kinds = Counter((request.path, request.query.get("contract")) for request in recorder.requests)
    # the listing is an hour old too, and is read again, at some in several parts
    listing = [kinds.pop(kind) for kind in list(kinds) if any(end in kind[0] for end in LISTINGS)]
    # five days are all the open interest that OKX has: what lies before is asked for again now and then
    assert kinds.pop(("/api/v5/rubik/stat/contracts/open-interest-history", None), 1) <= 1 + MOST_AGAIN
    assert max(kinds.values()) == 1, kinds
    assert sum(listing) <= 4


def test_nothing_new_costs_nothing(emulator: Emulator, stage: Stage) -> None:
    """While the bars are the same and the snapshots young, no exchange is called, whatever is made of the market."""
    for exchange in FOUR:
        stage.ask("/v1/heatmap", exchange=exchange, bins=100)
    emulator.forget()
    emulator.now_ms += 3000
    for exchange in FOUR:
        stage.ask("/v1/heatmap", exchange=exchange, bins=50, mix="5:0.3,10:0.7")
        stage.ask("/v1/profile", exchange=exchange, range_pct=30)
    stage.ask("/v1/heatmap", exchange="all", bins=100)
    assert not any(counts(emulator).values())


def test_the_past_is_taken_from_what_is_in_hand(emulator: Emulator, stage: Stage) -> None:
    """A moment ago needs no call: its bars are among those of now."""
    stage.ask("/v1/heatmap", exchange="bybit", lookback="10d", bins=100)
    emulator.forget()
    body = stage.ask("/v1/heatmap", exchange="bybit", as_of=emulator.now_ms - 24 * HOUR, bins=100)
    assert body["as_of"] < stage.ask("/v1/heatmap", exchange="bybit", bins=100)["as_of"]
    assert emulator.calls("bybit", "kline") == emulator.calls("bybit", "open-interest") == 0


def test_probes_and_listings_call_no_exchange(emulator: Emulator, stage: Stage) -> None:
    """Being alive, being ready and the list of exchanges depend on nobody."""
    for path in ("/livez", "/readyz", "/v1/exchanges"):
        assert stage.get(path).status_code == 200
    assert not any(counts(emulator).values())
