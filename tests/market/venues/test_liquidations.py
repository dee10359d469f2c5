"""Realised liquidations by interval: of the simulated venues, of Gate, and through the feed."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import requests_mock

from service.market.contract import (
    BadData,
    ExchangeUnavailable,
    Liquidations,
    NotPublished,
    UnknownExchange,
    UnknownSymbol,
)
from service.market.feed import SETTLE_MS, FeedQuery, MarketFeed
from service.market.feed.exchange_health.back_off import FIRST_WAIT
from service.market.sim import SimulatedExchange, sim, sim2
from service.market.venues import VENUE_IDS, build_venue
from tests.emulator import Emulator, synthetic_truth
from tests.support.fake_exchange import HOUR, T0, Clock, FakeExchange
from tests.support.recorded_gate import GateVenue
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW, STEPS, SYMBOL, bar_times

SIM_NOW = 1_760_000_000_000
EMULATED_NOW = 1_790_000_400_000


class Statistics(GateVenue):
    """Gate whose statistics carry amounts that tell their own time; `spoil` changes the rows before they go out."""

    def __init__(self) -> None:
        """Start with nothing spoilt."""
        super().__init__()
        self.spoil: Any = None

    def _stats(self, query: dict[str, str]) -> Any:
        assert set(query) == {"contract", "interval", "limit", "from"}
        step, limit = STEPS[query["interval"]], int(query["limit"])
        # A row past the limit, as the venue does; the newest is still forming.
        times = bar_times(int(query["from"]) * 1000, NOW, step, limit + 1, newest=False)
        rows = [
            {
                "time": t // 1000,
                "long_liq_size": 7,
                "long_liq_amount": 0.5,
                "long_liq_usd": long_of(t, step),
                "short_liq_usd": str(short_of(t, step)),
                "open_interest": 1000,
                "open_interest_usd": 1.0,
            }
            for t in times
        ]
        if self.spoil is not None:
            self.spoil(rows)
        return rows


def long_of(time: int, step: int) -> float:
    """Return what the statistics say of longs, USD."""
    return float(time // step % 1000)


def short_of(time: int, step: int) -> float:
    """Return what the statistics say of shorts, USD."""
    return 10_000.5 + time // step % 1000


@pytest.fixture
def gate() -> Iterator[tuple[Any, Statistics]]:
    """Give Gate's adapter and the venue behind it."""
    venue = Statistics()
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue("gate", clock=lambda: NOW / 1000, throttle=False)
        yield exchange, venue
        exchange.close()


@pytest.mark.parametrize("timeframe", ["1h", "5m", "1d"])
def test_gate_gives_usd_by_bar_start(gate: tuple[Any, Statistics], timeframe: str) -> None:
    """Each closed interval once, in order, in USD and not in contracts or coin; the one still forming is left out."""
    exchange, venue = gate
    step = STEPS[timeframe]
    since = (NOW // step - 250) * step
    found = exchange.liquidations(SYMBOL, timeframe, since, NOW + 5 * step)
    expected = np.arange(since, NOW // step * step, step)
    np.testing.assert_array_equal(found.time, expected)
    np.testing.assert_array_equal(found.long, [long_of(t, step) for t in expected.tolist()])
    np.testing.assert_array_equal(found.short, [short_of(t, step) for t in expected.tolist()])
    assert len(venue.queries("/contract_stats")) == 3


def test_gate_keeps_the_bounds(gate: tuple[Any, Statistics]) -> None:
    """From since on and before until, off the grid too; an empty range asks for nothing wrong."""
    exchange, _ = gate
    hour = NOW // HOUR * HOUR
    found = exchange.liquidations(SYMBOL, "1h", hour - 5 * HOUR + 1, hour - 2 * HOUR)
    np.testing.assert_array_equal(found.time, [hour - 4 * HOUR, hour - 3 * HOUR])
    assert len(exchange.liquidations(SYMBOL, "1h", hour, NOW).time) == 0


def _set(key: str, value: Any) -> Any:
    def spoil(rows: list[dict[str, Any]]) -> None:
        rows[2][key] = value

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        _set("long_liq_usd", -1.0),
        _set("short_liq_usd", "-0.5"),
        _set("long_liq_usd", float("nan")),
        _set("short_liq_usd", "Infinity"),
        _set("long_liq_usd", None),
        _set("short_liq_usd", "many"),
        _set("time", 5),
        lambda rows: rows[2].pop("long_liq_usd"),
        lambda rows: rows.reverse() or rows.insert(3, rows[0]),
        lambda rows: rows.append(rows[-1] | {"long_liq_usd": 1e9}),
    ],
)
def test_gate_refuses_what_cannot_be(gate: tuple[Any, Statistics], spoil: Any) -> None:
    """Negative, not a number, missing, out of order or twice with two figures: bad data, with the venue's name."""
    exchange, venue = gate
    venue.spoil = spoil
    with pytest.raises(BadData, match="gate"):
        exchange.liquidations(SYMBOL, "1h", NOW - 20 * HOUR, NOW)


def test_gate_failing_and_unknown(gate: tuple[Any, Statistics]) -> None:
    """A refusal is unavailable with its wait, a symbol that is not listed is unknown."""
    exchange, venue = gate
    with pytest.raises(UnknownSymbol):
        exchange.liquidations("XYZ/USDT:USDT", "1h", NOW - 20 * HOUR, NOW)
    venue.broken["/contract_stats"] = (429, json.dumps({"label": "TOO_MANY_REQUESTS"}), {"Retry-After": "7"})
    with pytest.raises(ExchangeUnavailable) as refused:
        exchange.liquidations(SYMBOL, "1h", NOW - 20 * HOUR, NOW)
    assert refused.value.retry_after == 7


def test_gate_tells_the_emulated_truth() -> None:
    """Over real HTTP, against other people's reading of the venue: coin liquidated times the close."""
    truth = synthetic_truth(EMULATED_NOW)
    with Emulator(truth, EMULATED_NOW) as emulator:
        clock = lambda: EMULATED_NOW / 1000  # noqa: E731 - one clock for one adapter
        exchange: Any = build_venue("gate", base_url=emulator.url("gate"), timeout_s=60.0, clock=clock, throttle=False)
        until = EMULATED_NOW // HOUR * HOUR
        found = exchange.liquidations("BTC/USDT:USDT", "1h", until - 300 * HOUR, until + HOUR)
        exchange.close()
    candles = truth.candles("BTC", HOUR, EMULATED_NOW)
    asked = (candles.time >= until - 300 * HOUR) & (candles.time < until)
    np.testing.assert_array_equal(found.time, candles.time[asked])
    for side in ("long", "short"):
        coin = getattr(candles, f"liquidated_{side}")[asked]
        np.testing.assert_allclose(getattr(found, side), coin * candles.close[asked], rtol=1e-6)
        assert coin.any()


@pytest.mark.parametrize("exchange_id", sorted(set(VENUE_IDS) - {"gate", "htx"}))
def test_other_venues_say_why_there_are_none(exchange_id: str) -> None:
    """What a venue offers and what its adapter does are the same, and no call is made."""
    with requests_mock.Mocker() as mock:
        exchange: Any = build_venue(exchange_id, clock=lambda: NOW / 1000, throttle=False)
        assert not exchange.capabilities.liquidations
        why = "live stream|of the last|public API"
        with pytest.raises(NotPublished, match=rf"^{exchange_id} publishes .*({why})"):
            exchange.liquidations(VENUES[exchange_id].symbol, "1h", NOW - HOUR, NOW)
        exchange.close()
        assert mock.call_count == 0


@pytest.mark.parametrize("venue", [sim, sim2])
@pytest.mark.parametrize("timeframe", ["5m", "1h", "1d"])
def test_the_simulated_hide_nothing(venue: Any, timeframe: str) -> None:
    """What they publish is what was truly liquidated, at each bar's close, and hours add up to days in coin."""
    exchange: SimulatedExchange = venue(clock=lambda: SIM_NOW / 1000, seed=7)
    step = STEPS[timeframe]
    since, until = SIM_NOW // step * step - 4 * 24 * HOUR, SIM_NOW // step * step
    found = exchange.liquidations("SOL/USDT:USDT", timeframe, since, until)
    real = exchange.true_liquidations("SOL/USDT:USDT", timeframe, since, until)
    bars = exchange.ohlcv("SOL/USDT:USDT", timeframe, since, until)
    np.testing.assert_array_equal(found.time, bars.time)
    for side in ("long", "short"):
        np.testing.assert_allclose(getattr(found, side), getattr(real, side) * bars.close)
        assert getattr(found, side).any()


def test_the_simulated_know_their_symbols() -> None:
    """One that is not listed is unknown, and an empty range is empty."""
    exchange = sim(clock=lambda: SIM_NOW / 1000)
    assert exchange.capabilities.liquidations
    with pytest.raises(UnknownSymbol):
        exchange.liquidations("XYZ/USDT:USDT", "1h", SIM_NOW - HOUR, SIM_NOW)
    assert len(exchange.liquidations("BTC/USDT:USDT", "1h", SIM_NOW, SIM_NOW - HOUR).time) == 0


class Simulated(FakeExchange):
    """A fake that publishes the liquidations of a simulated exchange."""

    def __init__(self, real: SimulatedExchange) -> None:
        """Note every call, as the fake does."""
        super().__init__()
        self.real = real
        self.lacks(liquidations=True)

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Liquidations:
        """Return what was really liquidated."""
        self._called("liquidations", symbol, timeframe, since, until)
        return self.real.liquidations(symbol, timeframe, since, until)


class TestFeed:
    """Through the feed: closed bars alone, kept, and nothing from after the moment asked for."""

    def feed(self, clock: Clock) -> tuple[MarketFeed, FakeExchange]:
        """Return a feed on a fake whose liquidations are counted."""
        fake = Simulated(sim(clock=clock, seed=7))
        return MarketFeed({"fake": fake}, clock, monotonic=clock), fake

    def test_closed_bars_are_asked_for_and_kept(self) -> None:
        """Columns and warm-up up to the last close; once in hand they are not asked for again but for the newest."""
        clock = Clock(T0 / 1000 + 1800)
        feed, fake = self.feed(clock)
        query = FeedQuery("fake", "BTC", "1h", 48)
        rows = feed.liquidations(query)
        assert rows.time[-1] == T0 - HOUR
        assert len(rows.time) == 48 + query.warm_up
        assert rows.columns().shape == (len(rows.time), 2)
        assert feed.liquidations(query).time[-1] == T0 - HOUR
        assert len(fake.asked("liquidations")) == 1
        clock.now += 3600
        assert feed.liquidations(query).time[-1] == T0
        _, _, since, until = fake.asked("liquidations")[-1]
        assert isinstance(since, int)
        assert until == T0 + HOUR
        assert T0 - 6 * HOUR < since <= T0

    def test_the_past_ends_at_its_moment(self) -> None:
        """As of a moment, nothing later is asked for, and the rows are those of then."""
        feed, fake = self.feed(Clock())
        at = T0 - 30 * HOUR
        past = feed.liquidations(FeedQuery("fake", "BTC", "1h", 48, at + 1234))
        assert past.time[-1] == at - HOUR
        assert fake.asked("liquidations")[-1][3] == at
        then = self.feed(Clock((at + SETTLE_MS) / 1000))[0].liquidations(FeedQuery("fake", "BTC", "1h", 48))
        np.testing.assert_array_equal(past.time, then.time)
        np.testing.assert_array_equal(past.columns(), then.columns())

    def test_who_publishes_none_is_not_asked(self) -> None:
        """What an exchange does not offer is said at once; unknown names are unknown."""
        fake = FakeExchange()
        feed = MarketFeed({"fake": fake}, Clock())
        with pytest.raises(NotPublished, match="fake"):
            feed.liquidations(FeedQuery("fake", "BTC", "1h", 48))
        with pytest.raises(UnknownExchange):
            feed.liquidations(FeedQuery("nope", "BTC", "1h", 48))
        with pytest.raises(NotPublished):
            feed.check_liquidations("fake")
        assert fake.calls == []
        fake.lacks(liquidations=True)
        feed.check_liquidations("fake")
        with pytest.raises(UnknownSymbol):
            feed.liquidations(FeedQuery("fake", "XYZ", "1h", 48))

    def test_a_failure_is_not_kept(self) -> None:
        """After one failure the next request asks again, once the exchange has been left alone for a moment."""
        clock = Clock()
        feed, fake = self.feed(clock)
        fake.fail("liquidations", ExchangeUnavailable("fake", "is down"))
        with pytest.raises(ExchangeUnavailable):
            feed.liquidations(FeedQuery("fake", "BTC", "1h", 48))
        del fake.before["liquidations"]
        clock.now += 2 * FIRST_WAIT
        assert len(feed.liquidations(FeedQuery("fake", "BTC", "1h", 48)).time)
