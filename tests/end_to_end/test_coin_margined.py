"""Coin-margined markets through the whole service, and skill where liquidations come order by order."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.emulator import Emulator
from tests.end_to_end.stage import DAY, HOUR, Stage

INVERSE = ("bybit", "okx")
BTC = {"linear": "BTC/USDT:USDT", "inverse": "BTC/USD:BTC"}
SIDES = ("long", "short")
# fine and wide, so that shares of all that stands can be read off
AXIS = {"bin_size": 250, "range_pct": 90}


@pytest.fixture
def stage(emulator: Emulator) -> Iterator[Stage]:
    """Serve both exchanges that have coin-margined contracts, nothing in hand."""
    with Stage(emulator, INVERSE) as found:
        yield found


@pytest.fixture(params=INVERSE)
def exchange(request: pytest.FixtureRequest) -> str:
    """Return each of them in turn."""
    name: str = request.param
    return name


def both(stage: Stage, path: str, **query: Any) -> tuple[Any, Any]:
    """Ask for the linear and for the coin-margined contract."""
    linear, inverse = (stage.ask(path, symbol=symbol, **query) for symbol in BTC.values())
    assert (linear["unit"], inverse["unit"]) == ("BTC", "USD")
    assert inverse["symbol"] == BTC["inverse"]
    return linear, inverse


def test_a_coin_margined_map_is_in_usd_and_adds_up(emulator: Emulator, stage: Stage, exchange: str) -> None:
    """The account is in USD by the exchange's inverse rule, and to the last bar what truly stands, in its money."""
    linear, inverse = both(stage, "/v1/heatmap", exchange=exchange, candles="true", **AXIS)
    assert inverse["assumptions"]["liquidation_rule"] == f"{exchange}-inverse"
    grid = inverse["grid"]
    truth = emulator.truth.candles("BTC", HOUR, grid["time"][-1] + HOUR)
    usd = truth.open_interest[-1] * truth.close[-1]
    for side in SIDES:
        account = inverse["accounting"][side]
        whole = account["in_grid"] + account["outside_grid"] + account["unlevered"]
        assert whole == pytest.approx(account["open_interest"], rel=1e-9)
        assert account["open_interest"] == pytest.approx(usd, rel=1e-3)
        # a dollar on the map is a dollar of open interest, at whatever price it would go
        assert sum(grid[side][-1]) == pytest.approx(account["in_grid"], rel=2e-3)
    assert inverse["candles"]["volume"][-1] == pytest.approx(truth.volume[-1] * truth.close[-1], rel=1e-3)
    assert linear["candles"]["volume"][-1] == pytest.approx(truth.volume[-1], rel=1e-3)


def away(profile: Any, side: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the distances of a side's bins from the price, in %, rising, and what share of it stands up to each."""
    edges, price = np.array(profile["edges"]), profile["price"]
    centres = (edges[1:] + edges[:-1]) / 2
    inverse = profile["unit"] == "USD"
    # positions, not what they are worth where they go
    amounts = np.array(profile[side]["notional"]) / (1.0 if inverse else centres)
    whole = profile[side]["standing"] / (1.0 if inverse else price)
    outward = slice(None, None, -1) if side == "long" else slice(None)
    far = np.abs(edges[:-1] if side == "long" else edges[1:]) / price - 1
    return 100 * np.abs(far)[outward], np.cumsum(amounts[outward]) / whole


def test_longs_go_near_and_shorts_far(stage: Stage, exchange: str) -> None:
    """The margin is in coin, whose worth falls with the price: that brings longs nearer and takes shorts farther.

    Farther at every distance, by little where leverage is high and by much where it is low; no long goes under half of
    its entry, where a linear one without leverage goes at nothing.
    """
    linear, inverse = both(stage, "/v1/profile", exchange=exchange, **AXIS)
    assert linear["edges"] == inverse["edges"]
    for side, sign, gained in (("long", 1, 0.139), ("short", -1, 0.081)):
        distance, of_linear = away(linear, side)
        _, of_inverse = away(inverse, side)
        gain = sign * (of_inverse - of_linear)
        assert gain[distance > 2].min() > -1e-3
        at = {reach: float(gain[np.searchsorted(distance, reach)]) for reach in (5, 30)}
        assert 0 < at[5] < 0.02
        assert at[30] == pytest.approx(gained, abs=0.01)
    distance, of_longs = away(inverse, "long")
    assert of_longs[np.searchsorted(distance, 55)] == pytest.approx(1, abs=1e-3)


def test_zones_of_a_coin_margined_market(stage: Stage, exchange: str) -> None:
    """Most are the linear market's own, by id, a little moved: they hold as many USD within a tenth."""
    linear, inverse = both(stage, "/v1/zones", exchange=exchange, kind="hot", range_pct=10)
    twins = {zone["id"]: zone for zone in linear["hot"]}
    shared = [(zone, twins[zone["id"]]) for zone in inverse["hot"] if zone["id"] in twins]
    assert {zone["side"] for zone, _ in shared} == set(SIDES)
    assert len(shared) >= 0.75 * len(inverse["hot"])
    for zone, twin in shared:
        assert zone["notional"] == pytest.approx(twin["notional"], rel=0.1)
        assert zone["low"] == pytest.approx(twin["low"], rel=0.005)


def test_coin_margined_markets_are_compared(stage: Stage) -> None:
    """Two exchanges of one truth differ by a per cent at most, in USD as in density; the linear ones by no more."""
    linear, inverse = (stage.ask("/v1/diff", a="bybit", b="okx", symbol=symbol, bins=200) for symbol in BTC.values())
    for body, unit in ((linear, "BTC"), (inverse, "USD")):
        assert [body[side]["unit"] for side in ("a", "b")] == [unit, unit]
        assert body["agreement"]["both"]["common_share"] > 0.99
        assert body["basis_pct"] == pytest.approx(0)
        standing = stage.ask("/v1/profile", exchange="bybit", symbol=body["a"]["symbol"], bins=200)
        for side in SIDES:
            assert np.abs(body[f"usd_{side}"]).sum() < 0.02 * standing[side]["total"]


def test_coin_margined_markets_add_up_by_open_interest(stage: Stage) -> None:
    """Two exchanges of one truth weigh the same, and their sum is the sum of their parts in USD."""
    body = stage.ask("/v1/heatmap", exchange=",".join(INVERSE), symbol="BTC/USD:BTC", bins=100, split="true")
    weights = {source["exchange"]: source["weight"] for source in body["sources"]}
    assert weights == pytest.approx(dict.fromkeys(INVERSE, 0.5), abs=1e-3)
    assert body["unit"] == "USD"
    for side in SIDES:
        parts = [body["split"][name]["accounting"][side]["open_interest"] for name in INVERSE]
        assert body["accounting"][side]["open_interest"] == pytest.approx(sum(parts), rel=1e-12)


@pytest.mark.parametrize(
    ("exchange", "symbol", "there_is"),
    [
        ("gate", "BTCUSD", "BTC/USDT:USDT"),
        ("gate", "BTC/USDC", "BTC/USDT:USDT"),
        ("hyperliquid", "BTCUSDT", "BTC/USDC:USDC"),
    ],
)
def test_another_quote_is_refused_with_what_there_is(
    emulator: Emulator, exchange: str, symbol: str, there_is: str
) -> None:
    """A 404 that names the contracts of the coin."""
    with Stage(emulator, [exchange]) as stage:
        answer = stage.get("/v1/heatmap", exchange=exchange, symbol=symbol)
    assert answer.status_code == 404
    assert f"of BTC there is {there_is}" in answer.get_json()["detail"]


@pytest.fixture
def skill(emulator: Emulator) -> Any:
    """Return HTX's skill over 20 days as a service sees it that has been asked every day for three.

    HTX shows the last 200 hours of open interest, and hours before the first one known have no prediction.
    """
    query = {"exchange": "htx", "symbol": "BTC", "lookback": "20d"}
    with Stage(emulator, ["htx"]) as stage:
        first = stage.get("/v1/skill", **query)
        assert first.status_code == 422
        assert "at least 120 bars on 10 days are needed" in first.get_json()["detail"]
        for _ in range(3):
            emulator.now_ms += DAY
            stage.ask("/v1/heatmap", **query, bins=50)
        body = stage.ask("/v1/skill", **query, resamples=50)
        again = emulator.calls("htx", "liquidation_orders")
        stage.ask("/v1/skill", **query, resamples=60)
        assert emulator.calls("htx", "liquidation_orders") == again
    return body


@pytest.mark.slow
def test_orders_are_enough_to_score_a_map(skill: Any) -> None:
    """Hours that were not read, or of which no open interest was known, are not scored."""
    assert all(190 + 3 * 24 <= skill[side]["bars"] <= 200 + 3 * 24 for side in SIDES)
    assert skill["reported_share"] > 0
    assert skill["verdict"]


@pytest.mark.parametrize(("exchange", "why"), [("bitget", "three days"), ("binance", "live stream")])
def test_where_there_are_none_it_is_said_why(emulator: Emulator, exchange: str, why: str) -> None:
    """A 404 that does not claim more than is true."""
    with Stage(emulator, [exchange]) as stage:
        answer = stage.get("/v1/skill", exchange=exchange, symbol="BTC")
    assert (answer.status_code, answer.get_json()["type"]) == (404, "/problems/not-published")
    assert why in answer.get_json()["detail"]
