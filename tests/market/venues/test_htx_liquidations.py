"""HTX's liquidation orders: all of them, once, each in its bar; what is not at hand is not 0."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.market.contract import BadData, ExchangeUnavailable
from service.market.venues import build_venue, htx_liquidations
from service.market.venues.liquidation_orders import by_bar
from tests.emulator import Emulator, Truth, synthetic_truth
from tests.support.slowly import few_fast

HOUR = 3_600_000
DAY = 24 * HOUR
NOW = 1_790_000_400_000
T0 = NOW // DAY * DAY


class Orders:
    """HTX's side of the conversation, for orders given as (time, USDT, side); `asked` are the questions."""

    def __init__(self, *orders: tuple[int, float, str]) -> None:
        """Keep the orders, numbered by time."""
        self.orders = sorted(orders)
        self.asked: list[dict[str, Any]] = []

    def __call__(self, params: dict[str, Any]) -> Any:
        """Answer newest first, at most `limit`, older than `from`."""
        self.asked.append(params)
        assert params["end_time"] - params["start_time"] < 2 * HOUR
        assert params["start_time"] >= NOW - 90 * DAY
        rows = [
            {"id": str(1000 + n), "liquidation_time": str(time), "trade_turnover": str(usd), "position_side": side}
            for n, (time, usd, side) in enumerate(self.orders)
            if params["start_time"] <= time <= params["end_time"] and 1000 + n < int(params.get("from", 10**9))
        ]
        return {"code": 200, "data": rows[::-1][: params["limit"]]}


def ask(orders: Orders, since: int, until: int, step: int = HOUR) -> Any:
    """Return what is made of the orders."""
    return htx_liquidations.liquidations("htx", orders, (since, until), step, NOW)


def test_orders_are_summed_into_their_bars() -> None:
    """Each counts once, in the bar of its time and on its side; a bar without one is 0, as it was asked about."""
    orders = Orders(
        (T0, 5.0, "long"), (T0 + HOUR - 1, 7.0, "long"), (T0 + HOUR, 11.0, "short"), (T0 - 1, 13.0, "short")
    )
    found = ask(orders, T0 - HOUR, T0 + 3 * HOUR)
    np.testing.assert_array_equal(found.time, T0 + HOUR * np.arange(-1, 3))
    assert found.long.tolist() == [0.0, 12.0, 0.0, 0.0]
    assert found.short.tolist() == [13.0, 0.0, 11.0, 0.0]


def test_one_way_orders_tell_by_their_side() -> None:
    """Who has no position side was long if sold and short if bought."""
    row = {"id": "1", "liquidation_time": str(T0), "trade_turnover": "5", "position_side": "both"}
    sold = htx_liquidations.liquidations(
        "htx", lambda _: {"code": 200, "data": [row | {"side": "sell"}]}, (T0, T0 + HOUR), HOUR, NOW
    )
    assert (sold.long.tolist(), sold.short.tolist()) == ([5.0], [0.0])


def test_busy_hours_are_paged() -> None:
    """A thousand orders in two hours come whole, once each, though a page holds a hundred."""
    orders = Orders(*((T0 + 7 * n, 1.0, "long" if n % 2 else "short") for n in range(1000)))
    found = ask(orders, T0, T0 + 2 * HOUR)
    assert (found.long.sum(), found.short.sum()) == (500.0, 500.0)
    assert len(orders.asked) == 11


def test_what_more_pages_would_hold_is_not_known() -> None:
    """Beyond 2000 orders in a window, the bars that were not reached are left out, and not told as less."""
    orders = Orders(*((T0 + n, 1.0, "long") for n in range(0, 7_200_000, 3_000)))
    found = ask(orders, T0 - 2 * HOUR, T0 + 4 * HOUR)
    assert len(orders.asked) == 1 + 20 + 1
    np.testing.assert_array_equal(found.time, [T0 - 2 * HOUR, T0 - HOUR, T0 + HOUR, T0 + 2 * HOUR, T0 + 3 * HOUR])
    assert found.long[2] == 1200


@pytest.mark.parametrize("step", [300_000, HOUR, 4 * HOUR, DAY])
def test_reach_and_retention_are_kept(step: int) -> None:
    """Not more than 15 days are read, nothing of what HTX has dropped is asked for, and nothing that is forming."""
    orders = Orders()
    found = ask(orders, NOW - 400 * DAY, NOW + DAY, step)
    assert found.time[-1] == NOW // step * step - step
    assert 0 <= found.time[0] - (NOW // step * step - 15 * DAY) < step
    assert len(orders.asked) <= 180
    assert not len(ask(Orders(), NOW - 400 * DAY, NOW - 95 * DAY, step).time)
    edge = ask(Orders(), NOW - 400 * DAY, NOW - 85 * DAY, step)
    assert edge.time[0] >= NOW - 89 * DAY


def test_a_slow_venue_does_not_hold_its_caller_for_ever() -> None:
    """However long each answer takes, after a minute it is the exchange's failure."""
    orders, seconds = Orders(), iter(range(0, 1000, 3))
    with pytest.raises(ExchangeUnavailable, match="not read within 60 s"):
        htx_liquidations.liquidations(
            "htx", orders, (NOW - 15 * DAY, NOW), HOUR, NOW, ticks=lambda: float(next(seconds))
        )
    assert len(orders.asked) == 20


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 99), st.floats(0, 1e6), st.booleans()), max_size=30),
    st.lists(st.tuples(st.integers(0, 99), st.integers(1, 20)), max_size=3),
)
def test_every_order_is_in_one_bar_or_in_none_that_is_told(
    orders: list[tuple[int, float, bool]], holes: list[tuple[int, int]]
) -> None:
    """What is told adds up to the orders outside the holes' bars, on each side."""
    table = np.array([(t, usd * long, usd * (not long)) for t, usd, long in orders], dtype=float).reshape(-1, 3)
    unknown = [(start, start + length) for start, length in holes]
    found = by_bar(table, (0, 100), 10, unknown)
    hidden = {bar for bar in range(0, 100, 10) for start, stop in unknown if bar < stop and start < bar + 10}
    assert found.time.tolist() == [bar for bar in range(0, 100, 10) if bar not in hidden]
    shown = table[[t // 10 * 10 not in hidden for t, _, _ in orders]] if orders else table
    np.testing.assert_allclose((found.long.sum(), found.short.sum()), shown[:, 1:].sum(axis=0), atol=1e-6)


ROW = {"id": "1", "liquidation_time": str(T0), "trade_turnover": "5", "position_side": "long", "side": "sell"}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"code": 200},
        {"code": 200, "data": None},
        {"code": 200, "data": {}},
        {"code": 1067, "message": "invalid", "data": []},
        {"code": 200, "data": [None]},
        {"code": 200, "data": [{}]},
        {"code": 200, "data": [ROW | {"trade_turnover": "-1"}]},
        {"code": 200, "data": [ROW | {"trade_turnover": "NaN"}]},
        {"code": 200, "data": [ROW | {"trade_turnover": "Infinity"}]},
        {"code": 200, "data": [ROW | {"trade_turnover": None}]},
        {"code": 200, "data": [ROW | {"liquidation_time": "soon"}]},
        {"code": 200, "data": [ROW | {"position_side": "both", "side": "?"}]},
        {"code": 200, "data": [ROW | {"id": "x"}]},
    ],
)
def test_anything_else_is_bad_data(answer: Any) -> None:
    """Neither an error nor junk is taken for hours without liquidations."""
    with pytest.raises(BadData, match=r"^htx: liquidations: "):
        htx_liquidations.liquidations("htx", lambda _: answer, (T0, T0 + HOUR), HOUR, NOW)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Serve the venues from one truth."""
    with Emulator(synthetic_truth(NOW), NOW) as running:
        yield running


@pytest.fixture
def htx(emulator: Emulator) -> Iterator[Any]:
    """Give HTX's adapter over real HTTP."""
    base_url = emulator.url("htx")
    exchange: Any = build_venue("htx", base_url=base_url, timeout_s=60.0, clock=lambda: NOW / 1000, throttle=False)
    yield exchange
    exchange.close()
    emulator.heal()


@pytest.mark.parametrize("timeframe", few_fast(["4h", "1h"]))
def test_the_emulated_truth_comes_back(htx: Any, emulator: Emulator, timeframe: str) -> None:
    """Over real HTTP through ccxt: every order of 15 days, in USDT, by bar and side."""
    step = {"1h": HOUR, "4h": 4 * HOUR}[timeframe]
    found = htx.liquidations("BTC/USDT:USDT", timeframe, NOW - 60 * DAY, NOW)
    truth: Truth = emulator.truth
    orders = truth.liquidation_orders("BTC", NOW)
    assert len(found.time) == 15 * DAY // step
    for side, sign in (("long", 1), ("short", -1)):
        mine = (orders.side == sign) & (orders.time >= found.time[0]) & (orders.time < found.time[-1] + step)
        at = (orders.time[mine] - found.time[0]) // step
        expected = np.bincount(at, orders.amount[mine] * orders.price[mine], len(found.time))
        np.testing.assert_allclose(getattr(found, side), expected, rtol=1e-9)
        assert (expected > 0).sum() > 100 * HOUR / step


def test_a_fault_is_unavailable(htx: Any, emulator: Emulator) -> None:
    """A refusal in the middle ends the whole, with the venue's wait."""
    htx.markets()
    emulator.fault("htx", kind="status", status=429, retry_after=7, path="liquidation_orders")
    with pytest.raises(ExchangeUnavailable) as refused:
        htx.liquidations("BTC/USDT:USDT", "1h", NOW - 2 * DAY, NOW)
    assert refused.value.retry_after == 7
