"""Every endpoint on every exchange: real gunicorn, real HTTP, real ccxt, hours as they are recorded."""

import time
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest

from service.market.venues import ADAPTERS
from tests.emulator import Emulator
from tests.emulator.clients import DIALECTS
from tests.end_to_end.stage import CURRENT, HOUR, REAL, Stage
from tests.support.service_on_exchanges import Served

# a server on all exchanges takes a quarter of a minute to start
pytestmark = pytest.mark.slow

SIDES = ("long", "short")
# every venue is compared with one whose data lack nothing, and two of like rules with each other
DIFFS = [("bybit", name) for name in REAL if name != "bybit"] + [("okx", "gate")]
ABLE = {adapter.id: adapter.capabilities for adapter in ADAPTERS}


@pytest.fixture(params=REAL)
def exchange(request: pytest.FixtureRequest) -> str:
    """Return each exchange in turn."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def aggregate(served: Served) -> Any:
    """Return the map of all exchanges together, with each one's own."""
    return served.ask("/v1/heatmap", exchange="all", symbol="BTC", mix="retail", bins=200, split="true")


def add_up(account: dict[str, float]) -> float:
    """Return the relative error of what an account says of its open interest."""
    whole = account["in_grid"] + account["outside_grid"] + account["unlevered"]
    return abs(whole / account["open_interest"] - 1)


def names_itself(body: dict[str, Any], exchange: str) -> None:
    """Assert that an answer says which exchange it is from, and that it lacked nothing there."""
    assert body["exchange"] == exchange
    assert [(source["exchange"], source["state"]) for source in body["sources"]] == [(exchange, "used")]
    # what a venue does not publish, the answer names
    unpublished = set() if ABLE[exchange].mark_price else {"mark_price"}
    assert body["sources"][0]["missing"].keys() - {"account_ratio"} == unpublished
    assert (body["simulated"], body["stale"]) == (False, False)
    assert body["coverage"]["exchanges"] == body["coverage"]["exchanges_wanted"] == 1
    assert 0 <= body["age_seconds"] < 2 * HOUR / 1000
    assert 0 < body["data_quality"]["value"] <= 1


def test_heatmap(served: Served, hours: Emulator, exchange: str) -> None:
    """Open interest adds up to the truth's, on either side, and the grid holds what the account says it does."""
    body = served.ask("/v1/heatmap", exchange=exchange, symbol="BTC", bins=200, candles="true")
    names_itself(body, exchange)
    grid = body["grid"]
    edges = np.array(grid["edges"])
    assert body["coverage"]["columns"] == 168 == len(grid["time"])
    assert set(np.diff(grid["time"])) == {HOUR}
    np.testing.assert_allclose(np.diff(edges), grid["bin_size"], rtol=1e-9)
    candles = hours.truth.candles("BTC", HOUR, grid["time"][-1] + HOUR)
    assert body["candles"]["close"][-1] == pytest.approx(candles.close[-1], rel=1e-9)
    assert body["candles"]["volume"][-1] == pytest.approx(candles.volume[-1], rel=1e-4)
    for side in SIDES:
        cells, account = np.array(grid[side]), body["accounting"][side]
        # what is shown as of now has moved on a little since the hour's close
        assert account["open_interest"] == pytest.approx(
            candles.open_interest[-1], rel=0.05 if exchange in CURRENT else 1e-4
        )
        assert add_up(account) < 1e-9
        assert cells.min() >= 0
        in_base = (cells[-1] / (edges[:-1] + edges[1:]) * 2).sum()
        assert in_base == pytest.approx(account["in_grid"], rel=1e-3)
    below, above = edges[1:] <= candles.low[-1], edges[:-1] >= candles.high[-1]
    assert np.array(grid["long"])[-1][above].sum() == 0
    assert np.array(grid["short"])[-1][below].sum() == 0


def test_profile(served: Served, exchange: str) -> None:
    """The split by leverage sums to the whole, and the cumulative curves run away from the price."""
    shorthand = DIALECTS[exchange].symbol.partition(":")[0].replace("/", "")
    body = served.ask("/v1/profile", exchange=exchange, symbol=shorthand, bins=200)
    names_itself(body, exchange)
    for side in SIDES:
        part = body[side]
        notional = np.array(part["notional"])
        bands = np.sum([band["notional"] for band in part["by_leverage"]], axis=0)
        assert np.abs(bands - notional).max() <= 8 * body["resolution"]
        assert part["total"] == pytest.approx(notional.sum(), rel=1e-3)
        assert max(part["cumulative"]) == pytest.approx(part["total"], rel=1e-3)
        # the real hours move along with the clock: at some moments no bin of a side stands out
        if part["max_pain"] is not None:
            assert np.sign(part["max_pain"]["distance_pct"]) == (-1 if side == "long" else 1)
    assert -1 < body["imbalance"] < 1


def test_max_pain(emulator: Emulator, exchange: str) -> None:
    """On a walk that stands still, both sides of the price have a bin that hurts most, each on its side."""
    with Stage(emulator, [exchange]) as stage:
        body = stage.ask("/v1/profile", exchange=exchange, symbol="ETH", bins=200)
    long, short = (body[side]["max_pain"] for side in SIDES)
    assert long["distance_pct"] < 0 < short["distance_pct"]
    assert long["price"] < body["price"] < short["price"]
    assert min(long["notional"], short["notional"]) > 0


def test_zones(served: Served, exchange: str) -> None:
    """Hot zones are ranked, on their side of the price, apart from each other, with stops beyond them."""
    body = served.ask("/v1/zones", exchange=exchange, symbol="BTC", timeframes="1h,4h")
    names_itself(body, exchange)
    assert body["timeframes"] == ["1h", "4h"]
    hot = body["hot"]
    assert hot
    assert all(zone["score"] >= 0 for zone in hot)
    assert sum(zone["share"] for zone in hot if zone["timeframe"] == "1h") <= 1
    for zone in hot:
        edge = zone["high"] if zone["side"] == "long" else zone["low"]
        assert (edge <= body["price"]) == (zone["side"] == "long") or zone["distance_pct"] == 0
        assert zone["depth_to_reach"] >= 0
    for side in SIDES:
        mine = sorted((zone["low"], zone["high"]) for zone in hot if zone["side"] == side and zone["timeframe"] == "1h")
        assert all(one[1] <= other[0] for one, other in pairwise(mine))
    funding = body["context"]["funding"]
    assert funding["rate"] * 8 / funding["interval_hours"] == pytest.approx(0.0001)


def test_touches(served: Served, exchange: str) -> None:
    """A month of hours holds touches, in order, and the summary counts them."""
    body = served.ask("/v1/touches", exchange=exchange, symbol="BTC", lookback="30d")
    names_itself(body, exchange)
    touches, summary = body["touches"], body["summary"]
    assert touches
    assert [touch["time"] for touch in touches] == sorted(touch["time"] for touch in touches)
    assert summary["touches"] == len(touches)
    told = sum(summary[name] for name in ("swept_and_reversed", "broke_through", "grind", "too_recent"))
    assert told == len(touches)
    assert summary["verdict"]


def test_scan(served: Served, exchange: str) -> None:
    """All three coins are ranked by attention."""
    body = served.ask("/v1/scan", exchange=exchange, symbols="BTC,ETH,SOL")
    assert (body["complete"], body["failed"], body["simulated"]) == (True, [], False)
    rows = body["symbols"]
    assert {row["symbol"].split("/")[0] for row in rows} == {"BTC", "ETH", "SOL"}
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert [row["attention"] for row in rows] == sorted((row["attention"] for row in rows), reverse=True)


def test_cascade(served: Served, exchange: str) -> None:
    """A fall goes at least as far as it was pushed, through the book of this exchange, and sells what it forces."""
    body = served.ask("/v1/cascade", exchange=exchange, symbol="BTC", move_pct=-3, samples=20)
    names_itself(body, exchange)
    assert body["direction"] == "down"
    assert body["terminal_move_pct"] <= -3 + 1e-6
    assert body["amplification"] >= 1 - 1e-9
    assert body["forced_usd"] > 0
    assert body["executed_usd"] <= body["forced_usd"]
    moves = [stage["move_pct"] for stage in body["stages"]]
    assert moves == sorted(moves, reverse=True)
    odds = body["odds"]
    assert odds["move_pct_q90"] <= odds["move_pct_q50"] <= odds["move_pct_q10"] < 0


@pytest.mark.parametrize(("side", "sign"), [("long", -1), ("short", 1)])
def test_liquidation_price(served: Served, exchange: str, side: str, sign: int) -> None:
    """At 10x the price is between the bankruptcy price and the entry, by the exchange's own rule and tiers."""
    body = served.ask(
        "/v1/liquidation-price", exchange=exchange, symbol="BTC", side=side, entry=60_000, leverage=10, size=0.1
    )
    assert body["exchange"] == exchange
    assert body["rule"]
    # The emulated Hyperliquid lists no margin tables, from which the real one's tiers are read.
    assert body["tiers_source"] == ("derived" if exchange == "hyperliquid" else ABLE[exchange].tiers)
    assert body["bankruptcy_price"] == pytest.approx(60_000 * (1 + sign * 0.1))
    assert 0.09 < sign * (body["price"] / 60_000 - 1) < 0.1
    assert body["equity"] == pytest.approx(body["required"], rel=1e-6)


def test_the_aggregate_is_the_sum_of_its_parts(aggregate: Any) -> None:
    """Nothing is lost or counted twice: every cell and every account equals the sum over the exchanges."""
    parts, grid = aggregate["split"], aggregate["grid"]
    assert set(parts) == set(REAL)
    for side in SIDES:
        summed = np.sum([part[side] for part in parts.values()], axis=0)
        assert np.abs(summed - grid[side]).max() <= 0.5 * (len(parts) + 1) * grid["resolution"] + 1e-6
        total = aggregate["accounting"][side]
        for name, amount in total.items():
            assert amount == pytest.approx(sum(part["accounting"][side][name] for part in parts.values()), rel=1e-12)
        assert add_up(total) < 1e-9
    assert [source["exchange"] for source in aggregate["sources"]] == list(REAL)
    assert sum(source["weight"] for source in aggregate["sources"]) == pytest.approx(1, abs=1e-5)
    assert aggregate["coverage"]["exchanges"] == aggregate["coverage"]["exchanges_wanted"] == len(REAL)


@pytest.mark.parametrize("pair", list(combinations(REAL, 2)), ids="-".join)
def test_one_truth_gives_one_map(aggregate: Any, pair: tuple[str, str]) -> None:
    """Units, sides and contract sizes are right: from one truth any two exchanges build maps within 1 %.

    Each is taken over its own open interest, which some show as of now alone. What is left is theirs by right: own
    tiers, fees and rules, and how far back their open interest reaches. Without mark prices the
    traded range sweeps, which is wider: that is worth another half of a per cent.
    """
    apart = 0.01 if all(ABLE[name].mark_price for name in pair) else 0.015
    for side in SIDES:
        one, other = (density(aggregate["split"][name], side) for name in pair)
        rounding = [aggregate["grid"]["resolution"] / aggregate["split"][name]["accounting"][side]["open_interest"]
                    for name in pair]  # fmt: skip
        beyond = np.maximum(np.abs(one[-1] - other[-1]) - 0.5 * sum(rounding), 0.0)
        assert beyond.sum() < apart * one[-1].sum()


def density(part: Any, side: str) -> np.ndarray:
    """Return an exchange's cells of one side, per coin of its open interest."""
    cells: np.ndarray = np.array(part[side]) / part["accounting"][side]["open_interest"]
    return cells


def both_ways(served: Served, pair: tuple[str, str]) -> tuple[Any, Any]:
    """Ask for a against b and b against a, again if the emulated price moved on between the two books.

    It moves once in five minutes, and a book is kept for five seconds: the second or third time they agree.
    """
    for _ in range(30):
        there, back = (
            served.ask("/v1/diff", a=a, b=b, symbol="BTC", mix="retail", bins=200) for a, b in (pair, pair[::-1])
        )
        still = there["basis_pct"] == -back["basis_pct"] and there["edges"] == back["edges"]
        if still and abs(there["basis_pct"]) < 0.01:
            break
        time.sleep(0.5)
    return there, back


@pytest.mark.parametrize("pair", DIFFS, ids="-".join)
def test_diff(served: Served, pair: tuple[str, str]) -> None:
    """Two exchanges of one truth: no basis, the same shape, no zone in one alone; and b against a is the reverse."""
    there, back = both_ways(served, pair)
    assert there["kind"] == "exchanges"
    assert [there[side]["sources"][0]["exchange"] for side in ("a", "b")] == list(pair)
    assert abs(there["basis_pct"]) < 0.01
    both = there["agreement"]["both"]
    assert both["wasserstein_pct"] < 0.1
    assert both["common_share"] > 0.99
    assert both["rank_correlation"] > 0.98
    assert (there["zones"]["only_a"], there["zones"]["only_b"]) == ([], [])
    assert there["zones"]["in_both"]
    assert there["consensus"]
    assert all(set(zone["maps"]) == set(pair) for zone in there["consensus"])
    for side in SIDES:
        np.testing.assert_allclose(there[f"usd_{side}"], np.negative(back[f"usd_{side}"]), atol=there["resolution"])


@pytest.mark.parametrize("path", ["/v1/profile", "/v1/zones", "/v1/touches", "/v1/heatmap"])
def test_all_exchanges_together(served: Served, path: str) -> None:
    """Every map resource takes all exchanges at once, and names each of them."""
    body = served.ask(path, exchange="all", symbol="ETH")
    assert body["exchange"] == ",".join(REAL)
    assert [(source["exchange"], source["state"]) for source in body["sources"]] == [(name, "used") for name in REAL]


def test_scan_of_all_exchanges(served: Served) -> None:
    """The scan sums exchanges as well: the same coins, one row each."""
    body = served.ask("/v1/scan", exchange="all", symbols="BTC,ETH,SOL")
    assert body["complete"]
    assert len(body["symbols"]) == 3


def test_unknown_names_are_refused(served: Served) -> None:
    """What no exchange lists is a 404 in problem+json, through gunicorn as well."""
    for query in (
        {"exchange": "nowhere"},
        {"exchange": "okx", "symbol": "NOPE"},
        {"exchange": "all", "symbol": "NOPE"},
    ):
        status, body, headers = served.get("/v1/heatmap", **query)
        assert (status, headers["Content-Type"]) == (404, "application/problem+json")
        assert body["type"].startswith("/problems/unknown-")


def test_every_exchange_is_healthy(served: Served) -> None:
    """Having answered all this, no worker has seen an exchange fail."""
    rows = served.ask("/v1/exchanges")["exchanges"]
    assert [row["id"] for row in rows] == list(REAL)
    for row in rows:
        assert row["health"]["state"] in {"ok", "untried"}
        assert row["health"]["last_error"] is None
