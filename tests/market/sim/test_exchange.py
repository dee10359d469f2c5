from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np
import pytest

from service.market.contract import TIMEFRAMES, Exchange, MarketError, UnknownSymbol, Unsupported
from service.market.sim import SimulatedExchange, sim, sim2
from service.market.sim.exchange import REACH_DAYS
from service.market.sim.venues import COINS
from tests.support.slowly import few_fast

DAY = 86_400_000
HOUR = 3_600_000
NOW = 1_795_348_980_000  # 2026-11-22 12:03 UTC
TODAY = NOW - NOW % DAY
BTC, THIN = COINS[0].symbol, COINS[3].symbol
SYMBOLS = [coin.symbol for coin in COINS]


def clock() -> float:
    """Return NOW in seconds."""
    return NOW / 1000


@pytest.fixture(scope="module", params=[sim, sim2], ids=["sim", "sim2"])
def venue(request: pytest.FixtureRequest) -> SimulatedExchange:
    """Each simulated exchange in turn, kept warm."""
    opened: SimulatedExchange = request.param(clock=clock)
    return opened


@pytest.fixture(params=SYMBOLS)
def symbol(request: pytest.FixtureRequest) -> str:
    """Each symbol in turn."""
    chosen: str = request.param
    return chosen


def same(one: object, other: object) -> bool:
    """Return whether two dataclasses of arrays are equal bit by bit."""
    return all(
        np.asarray(getattr(one, f.name)).tobytes() == np.asarray(getattr(other, f.name)).tobytes()
        for f in fields(one)  # type: ignore[arg-type]  # any dataclass
    )


def everything(exchange: Exchange, symbol: str, timeframe: str, since: int, until: int) -> list[object]:
    """Return all the history that a range has."""
    return [
        read(symbol, timeframe, since, until)
        for read in (exchange.ohlcv, exchange.mark_ohlcv, exchange.open_interest, exchange.true_liquidations)  # type: ignore[attr-defined]  # the truth is sim's own
    ]


@pytest.mark.parametrize("symbol", few_fast([THIN, *(symbol for symbol in SYMBOLS if symbol != THIN)]))
def test_history_is_the_same_in_every_instance_and_order(symbol: str, venue: SimulatedExchange) -> None:
    """A fresh exchange, and one asked for other things first, give the same bits."""
    since, until = TODAY - 5 * DAY, TODAY - DAY
    expected = everything(venue, symbol, "5m", since, until)
    wanderer = SimulatedExchange(venue._venue, clock=lambda: 0.0)
    wanderer.true_positions(symbol, TODAY - 2 * DAY)
    wanderer.ohlcv(symbol, "1d", TODAY - 9 * DAY, TODAY)
    wanderer.open_interest(symbol, "1h", TODAY - 60 * DAY, TODAY - 50 * DAY)
    for exchange in (SimulatedExchange(venue._venue, clock=clock), wanderer):
        again = everything(exchange, symbol, "5m", since, until)
        assert all(same(one, other) for one, other in zip(expected, again, strict=True))


def test_the_past_never_changes() -> None:
    """Bars asked at 12:01, and a year later along with all that came after, have the same bits."""
    since, until = TODAY - DAY, TODAY + 12 * HOUR
    then = SimulatedExchange(sim(clock=clock)._venue, clock=lambda: (TODAY + 12 * HOUR) / 1000 + 60)
    later = SimulatedExchange(then._venue, clock=lambda: (TODAY + 366 * DAY) / 1000)
    for symbol in (BTC, THIN):
        before = then.ohlcv(symbol, "5m", since, until)
        after = later.ohlcv(symbol, "5m", since, TODAY + 20 * DAY)
        count = len(before.time)
        assert count == 36 * 12
        for f in fields(before):
            assert getattr(before, f.name).tobytes() == getattr(after, f.name)[:count].tobytes()


def test_positions_of_a_moment_do_not_depend_on_what_was_asked(venue: SimulatedExchange) -> None:
    """Cold or warm, the same positions stand."""
    at = TODAY - 3 * DAY + 7 * HOUR
    venue.ohlcv(BTC, "1h", TODAY - 10 * DAY, TODAY)
    warm = venue.true_positions(BTC, at)
    assert same(warm, SimulatedExchange(venue._venue, clock=clock).true_positions(BTC, at))


def test_threads_share_an_exchange() -> None:
    """Eight threads asking a cold exchange for different ranges get what one thread gets."""
    shared, alone = sim(clock=clock), sim(clock=clock)
    ranges = [(TODAY - days * DAY, TODAY - days * DAY + 2 * DAY) for days in (2, 30, 4, 28, 3, 12, 2, 30)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda span: shared.ohlcv(THIN, "5m", *span), ranges))
    assert all(same(answer, alone.ohlcv(THIN, "5m", *span)) for answer, span in zip(answers, ranges, strict=True))


@pytest.mark.parametrize("timeframe", [t for t in TIMEFRAMES if t != "5m"])
def test_timeframes_agree(venue: SimulatedExchange, symbol: str, timeframe: str) -> None:
    """Any bar is the aggregate of its 5-minute bars, and open interest is the same at the same time."""
    since, until = TODAY - 4 * DAY, TODAY
    count = TIMEFRAMES[timeframe] // TIMEFRAMES["5m"]
    for read in (venue.ohlcv, venue.mark_ohlcv):
        fine, coarse = read(symbol, "5m", since, until), read(symbol, timeframe, since, until)
        assert np.array_equal(coarse.time, fine.time[::count])
        assert np.array_equal(coarse.open, fine.open[::count])
        assert np.array_equal(coarse.close, fine.close[count - 1 :: count])
        assert np.array_equal(coarse.high, fine.high.reshape(-1, count).max(axis=1))
        assert np.array_equal(coarse.low, fine.low.reshape(-1, count).min(axis=1))
        assert np.allclose(coarse.volume, fine.volume.reshape(-1, count).sum(axis=1), rtol=1e-12)
    fine_oi, coarse_oi = (venue.open_interest(symbol, t, since, until) for t in ("5m", timeframe))
    assert np.array_equal(coarse_oi.time, fine_oi.time[::count])
    assert np.array_equal(coarse_oi.amount, fine_oi.amount[::count])
    fine_true, coarse_true = (venue.true_liquidations(symbol, t, since, until) for t in ("5m", timeframe))
    assert np.allclose(coarse_true.long, fine_true.long.reshape(-1, count).sum(axis=1), rtol=1e-12)
    assert np.allclose(coarse_true.short, fine_true.short.reshape(-1, count).sum(axis=1), rtol=1e-12)


def test_bars_are_sane(venue: SimulatedExchange, symbol: str) -> None:
    """No gaps, low <= open, close <= high, positive prices, volume that covers every change of open interest."""
    since, until = TODAY - 20 * DAY, TODAY
    bars, mark = venue.ohlcv(symbol, "5m", since, until), venue.mark_ohlcv(symbol, "5m", since, until)
    for series in (bars, mark):
        assert np.array_equal(series.time, np.arange(since, until, 300_000))
        assert series.low.min() > 0
        assert (series.low <= np.minimum(series.open, series.close)).all()
        assert (series.high >= np.maximum(series.open, series.close)).all()
    assert np.abs(bars.close / mark.close - 1).max() < 0.08
    assert (bars.volume >= 0).all()
    still = bars.volume == 0
    assert (bars.high[still] == bars.low[still]).all()
    interest = venue.open_interest(symbol, "5m", since, until + 1)
    assert np.array_equal(interest.time, np.arange(since, until + 1, 300_000))
    assert interest.amount.min() > 0
    assert (np.abs(np.diff(interest.amount)) <= bars.volume + 1e-6).all()


def test_liquid_markets_have_no_gaps_and_the_thin_one_does(venue: SimulatedExchange) -> None:
    """BTC opens where it closed and always trades; THIN gaps, and has bars without a trade."""
    btc, thin = (venue.ohlcv(symbol, "5m", TODAY - 20 * DAY, TODAY) for symbol in (BTC, THIN))
    assert np.array_equal(btc.open[1:], btc.close[:-1])
    assert btc.volume.min() > 0
    assert (thin.open[1:] != thin.close[:-1]).mean() > 0.3
    assert (thin.volume == 0).any()


def test_a_range_is_half_open(venue: SimulatedExchange) -> None:
    """Rows begin at or after `since` and before `until`, on whole multiples of the timeframe."""
    bars = venue.ohlcv(BTC, "1h", TODAY + 1, TODAY + 3 * HOUR)
    assert bars.time.tolist() == [TODAY + HOUR, TODAY + 2 * HOUR]
    assert venue.ohlcv(BTC, "1h", TODAY, TODAY + 1).time.tolist() == [TODAY]
    interest = venue.open_interest(BTC, "1h", TODAY, TODAY + HOUR + 1)
    assert interest.time.tolist() == [TODAY, TODAY + HOUR]


@pytest.mark.parametrize(("since", "until"), [(TODAY, TODAY), (TODAY, TODAY - DAY), (0, DAY), (10**15, 10**16)])
def test_an_empty_range_is_empty(venue: SimulatedExchange, since: int, until: int) -> None:
    """Nothing asked, or nothing listed then: no rows, no error."""
    for answer in everything(venue, BTC, "4h", since, until):
        assert all(len(getattr(answer, f.name)) == 0 for f in fields(answer))  # type: ignore[arg-type]  # a dataclass


def test_a_request_reaches_400_days(venue: SimulatedExchange) -> None:
    """A caller asking for everything gets the last 400 days, not an endless computation."""
    bars = venue.ohlcv(THIN, "1d", 0, TODAY)
    assert len(bars.time) == REACH_DAYS
    assert bars.time[-1] == TODAY - DAY


@pytest.mark.slow
def test_levels_stay_plausible_over_a_year() -> None:
    """BTC spends the year around 60 to 100 thousand, and no venue's open interest leaves its magnitude."""
    exchange = sim(clock=clock)
    bars = exchange.ohlcv(BTC, "1d", TODAY - 365 * DAY, TODAY)
    assert bars.low.min() > 45_000
    assert bars.high.max() < 130_000
    assert 60_000 < np.median(bars.close) < 100_000
    interest = exchange.open_interest(BTC, "1d", TODAY - 365 * DAY, TODAY)
    assert interest.amount.min() > 20_000
    assert interest.amount.max() < 200_000
    assert 0.5 < bars.volume.mean() / interest.amount.mean() < 6


@pytest.mark.parametrize(
    "ask",
    [
        lambda e, s: e.ohlcv(s, "1h", TODAY, NOW),
        lambda e, s: e.mark_ohlcv(s, "1h", TODAY, NOW),
        lambda e, s: e.open_interest(s, "1h", TODAY, NOW),
        lambda e, s: e.order_book(s),
        lambda e, s: e.funding(s),
        lambda e, s: e.open_interest_now(s),
        lambda e, s: e.account_ratio(s),
        lambda e, s: e.tiers(s),
        lambda e, s: e.true_positions(s, NOW),
        lambda e, s: e.true_liquidations(s, "1h", TODAY, NOW),
    ],
)
@pytest.mark.parametrize("unknown", ["BTC", "DOGE/USDT:USDT", "", "btc/usdt:usdt"])
def test_an_unknown_symbol_is_named(venue: SimulatedExchange, ask: object, unknown: str) -> None:
    """Every method refuses it in the protocol's words."""
    with pytest.raises(UnknownSymbol, match=venue.id) as caught:
        ask(venue, unknown)  # type: ignore[operator]  # a lambda above
    assert caught.value.symbol == unknown


@pytest.mark.parametrize("timeframe", ["1m", "2h", "", "1w"])
def test_an_unknown_timeframe_is_unsupported(venue: SimulatedExchange, timeframe: str) -> None:
    """It is a MarketError that names the ones there are."""
    with pytest.raises(Unsupported, match="5m, 15m") as caught:
        venue.ohlcv(BTC, timeframe, TODAY, NOW)
    assert isinstance(caught.value, MarketError)


def test_the_protocol_is_filled_in(venue: SimulatedExchange) -> None:
    """Identity, capabilities and markets say what is true."""
    assert venue.simulated
    assert venue.liquidation_rule == "binance"
    assert venue.capabilities.timeframes == tuple(TIMEFRAMES)
    assert list(venue.markets()) == SYMBOLS
    for symbol, market in venue.markets().items():
        assert market.symbol == symbol == f"{market.base}/{market.quote}:{market.settle}"
        assert market.max_leverage == venue.tiers(symbol).max_leverage[0]


def test_amounts_and_prices_are_whole_steps(venue: SimulatedExchange, symbol: str) -> None:
    """Prices are multiples of the tick and volumes of the contract."""
    market = venue.markets()[symbol]
    bars = venue.ohlcv(symbol, "1h", TODAY - DAY, TODAY)
    for values, step in ((bars.close, market.price_tick), (bars.volume, market.contract_size)):
        steps = values / step
        assert np.allclose(steps, np.rint(steps), rtol=0, atol=1e-5)


def test_tiers_follow_the_recursion(venue: SimulatedExchange, symbol: str) -> None:
    """Floors rise from 0, rates rise and stay under the initial margin, amounts follow c += floor * (m - m before)."""
    tiers = venue.tiers(symbol)
    assert tiers.source == "exchange"
    assert tiers.floor[0] == tiers.maintenance_amount[0] == 0
    assert (np.diff(tiers.floor) > 0).all()
    assert (np.diff(tiers.maintenance_rate) >= 0).all()
    assert (tiers.maintenance_rate < 1 / tiers.max_leverage).all()
    amount = 0.0
    for n in range(1, len(tiers.floor)):
        amount += tiers.floor[n] * (tiers.maintenance_rate[n] - tiers.maintenance_rate[n - 1])
        assert tiers.maintenance_amount[n] == pytest.approx(amount, rel=1e-12)


def test_the_snapshots_follow_the_clock(venue: SimulatedExchange, symbol: str) -> None:
    """Book and funding are of the last whole minute, around the mark price, and the same when asked twice."""
    book, funding = venue.order_book(symbol), venue.funding(symbol)
    assert book.time == funding.time == NOW - NOW % 60_000
    assert same(book, SimulatedExchange(venue._venue, clock=clock).order_book(symbol))
    mark = venue.mark_ohlcv(symbol, "5m", NOW - 300_000, NOW)
    middle = (book.bids[0, 0] + book.asks[0, 0]) / 2
    assert mark.low[-1] * (1 - 1e-12) <= middle <= mark.high[-1] * (1 + 1e-12)
    assert abs(funding.rate) < 0.001
    assert funding.interval_hours == 8


def test_present_open_interest_is_the_last_of_the_history(venue: SimulatedExchange, symbol: str) -> None:
    """One row, of the last whole minute; on a bar's close it is the history's own figure."""
    now = NOW // 300_000 * 300_000
    at_close = SimulatedExchange(venue._venue, clock=lambda: now / 1000).open_interest_now(symbol)
    history = venue.open_interest(symbol, "5m", now, now + 1)
    assert at_close.time.tolist() == history.time.tolist() == [now]
    assert at_close.amount[0] == pytest.approx(history.amount[0], rel=1e-9)


def test_the_account_ratio_counts_positions(venue: SimulatedExchange, symbol: str) -> None:
    """It is of the last whole minute, of positions with leverage, and the same in every process."""
    found = venue.account_ratio(symbol)
    assert found == SimulatedExchange(venue._venue, clock=clock).account_ratio(symbol)
    assert found.time == NOW - NOW % 60_000
    side = venue.true_positions(symbol, NOW).side[:-1]
    assert found.ratio == pytest.approx((side > 0).sum() / (side < 0).sum())


def test_the_venues_differ_in_leverage_and_hardly_in_price() -> None:
    """sim2 holds less, at higher leverage, within half a percent of sim's price; their tapes are not copies."""
    one, two = sim(clock=clock), sim2(clock=clock)
    since, until = TODAY - 10 * DAY, TODAY
    basis = two.mark_ohlcv(BTC, "1h", since, until).close / one.mark_ohlcv(BTC, "1h", since, until).close - 1
    assert np.abs(basis).max() < 0.01
    assert np.median(np.abs(basis)) < 0.001
    assert (basis != 0).all()
    held = [exchange.true_positions(BTC, TODAY) for exchange in (one, two)]
    leverage = [float((p.leverage * p.size).sum() / p.size.sum()) for p in held]
    assert leverage[1] > 1.5 * leverage[0]
    assert held[1].size.sum() < 0.6 * held[0].size.sum()


def test_another_seed_is_another_market() -> None:
    """The seed matters to prices and positions."""
    assert not same(
        sim(clock=clock).ohlcv(BTC, "1h", TODAY, NOW), sim(clock=clock, seed=2).ohlcv(BTC, "1h", TODAY, NOW)
    )
