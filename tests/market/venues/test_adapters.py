"""Every adapter through real ccxt, against the JSON its venue answers with."""

from typing import Any

import numpy as np
import pytest
import requests_mock

from service.market.contract import BadData, UnknownSymbol, Unsupported
from service.market.venues import VENUE_IDS, build_venue
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import ACCOUNT_RATIO, BOOK, LISTED, NOW, STEPS, Venue, amount, candle

HOUR = 3_600_000
DAY = 24 * HOUR


WITHOUT_HISTORY = [exchange for exchange in VENUE_IDS if VENUES[exchange]().interest is None]
with_interest = pytest.mark.parametrize(
    "served", [each for each in VENUE_IDS if each not in WITHOUT_HISTORY], indirect=True
)


@pytest.mark.parametrize("served", WITHOUT_HISTORY, indirect=True)
def test_who_has_no_history_of_open_interest_says_so(served: tuple[Any, Venue]) -> None:
    """Proves that the capabilities and the call agree."""
    exchange, venue = served
    assert not exchange.capabilities.open_interest_history
    with pytest.raises(Unsupported, match=exchange.id):
        exchange.open_interest(venue.symbol, "1h", NOW - DAY, NOW)


def expected_bars(since: int, until: int, step: int) -> np.ndarray:
    """Return (time, open, high, low, close, volume) as the made-up market has them."""
    times = range(-(-since // step) * step, until, step)
    return np.array([(t, *candle(t, step)) for t in times])


def test_the_fakes_cover_every_adapter() -> None:
    """Proves that no adapter is left out of these tests."""
    assert set(VENUES) == set(VENUE_IDS)


def test_markets_are_the_perpetual_swaps_that_are_served(served: tuple[Any, Venue]) -> None:
    """Proves the listing: contract size, tick, fee, settle; no dated or incomplete contract; inverse at two venues."""
    exchange, venue = served
    quote = venue.symbol.rpartition(":")[2]
    markets = {symbol: market for symbol, market in exchange.markets().items() if not market.ended}
    assert set(markets) == {f"BTC/{quote}:{quote}", f"ETH/{quote}:{quote}", *venue.inverse, *filter(None, [venue.usdc])}
    assert {symbol for symbol, market in markets.items() if market.inverse} == set(venue.inverse)
    market = markets[venue.symbol]
    assert (market.base, market.quote, market.settle) == ("BTC", quote, quote)
    assert (market.contract_size, market.price_tick) == (venue.contract_size, venue.price_tick)
    assert 0 < market.taker_fee < 0.001
    assert market.max_leverage == venue.max_leverage


@pytest.mark.parametrize(("timeframe", "bars"), [("1h", 2500), ("5m", 4100), ("1d", 3)])
def test_bars_come_in_base_coin_over_many_pages(served: tuple[Any, Venue], timeframe: str, bars: int) -> None:
    """Proves that every bar of the range comes once, in order, with volume in base coin, page limits kept."""
    exchange, venue = served
    step = STEPS[timeframe]
    until = NOW // step * step
    since = until - bars * step
    series = exchange.ohlcv(venue.symbol, timeframe, since, until)
    got = np.column_stack([series.time, series.open, series.high, series.low, series.close, series.volume])
    np.testing.assert_allclose(got, expected_bars(since, until, step), rtol=1e-12)
    assert series.time.dtype == np.int64
    assert len(venue.queries(venue.candles)) == -(-bars // exchange.page_sizes.ohlcv)


def test_bounds_off_the_grid_are_kept(served: tuple[Any, Venue]) -> None:
    """Proves since <= t < until for bounds between two opens."""
    exchange, venue = served
    series = exchange.ohlcv(venue.symbol, "1h", NOW - 5 * HOUR - 1234, NOW - HOUR - 1)
    np.testing.assert_array_equal(series.time, np.arange(7 * HOUR, 11 * HOUR, HOUR) + NOW // DAY * DAY)


def test_mark_price_bars_have_no_volume(served: tuple[Any, Venue]) -> None:
    """Proves the mark-price endpoint is the one asked, paged by its own limit, with volume 0."""
    exchange, venue = served
    until = NOW // HOUR * HOUR
    if venue.mark is None:
        assert not exchange.capabilities.mark_price
        with pytest.raises(Unsupported, match=exchange.id):
            exchange.mark_ohlcv(venue.symbol, "1h", until - 250 * HOUR, until)
        return
    series = exchange.mark_ohlcv(venue.symbol, "1h", until - 250 * HOUR, until)
    np.testing.assert_allclose(series.low, expected_bars(until - 250 * HOUR, until, HOUR)[:, 3])
    assert not series.volume.any()
    assert venue.queries(venue.mark)


@with_interest
@pytest.mark.parametrize(("timeframe", "rows"), [("1h", 650), ("5m", 650), ("1d", 20)])
def test_open_interest_is_base_coin_and_one_side(served: tuple[Any, Venue], timeframe: str, rows: int) -> None:
    """Proves unit, side, stamp and range of OI: the value of a moment is found under that moment on every venue."""
    exchange, venue = served
    until = NOW // STEPS[timeframe] * STEPS[timeframe]
    since = until - rows * STEPS[timeframe]
    interest = exchange.open_interest(venue.symbol, timeframe, since, until)
    step = STEPS[exchange.open_interest_timeframe(timeframe)]
    days = exchange.capabilities.open_interest_reach(timeframe)
    reach = (rows + 1) * step if days is None else int(days * DAY) - step
    oldest = max(since, NOW - (exchange.capabilities.open_interest_rows or rows + 1) * step, NOW - reach)
    expected = range(-(-oldest // step) * step, until, step)
    np.testing.assert_array_equal(interest.time, expected)
    np.testing.assert_allclose(interest.amount, [amount(t, step) for t in expected], rtol=1e-9)


@with_interest
def test_no_open_interest_from_the_future(served: tuple[Any, Venue]) -> None:
    """Proves that no row is stamped after now, and that the latest public one is there."""
    exchange, venue = served
    interest = exchange.open_interest(venue.symbol, "1h", NOW - 10 * HOUR, NOW)
    assert interest.time[-1] == NOW // HOUR * HOUR


@with_interest
def test_open_interest_before_the_venues_depth_is_short_not_wrong(served: tuple[Any, Venue]) -> None:
    """Proves that an older start than the venue keeps gives what exists, and a range beyond it gives nothing."""
    exchange, venue = served
    interest = exchange.open_interest(venue.symbol, "1h", NOW - 70 * DAY, NOW)
    first = NOW - venue.interest_reach
    assert 0 <= interest.time[0] - first <= 2 * HOUR
    assert venue.interest is not None
    venue.broken[venue.interest] = (200, venue.empty, {})
    assert not len(exchange.open_interest(venue.symbol, "1h", NOW - 400 * DAY, NOW - 399 * DAY).time)


@with_interest
def test_recent_open_interest_must_exist(served: tuple[Any, Venue]) -> None:
    """Proves that an empty history up to now is BadData, not a thin market."""
    exchange, venue = served
    assert venue.interest is not None
    venue.broken[venue.interest] = (200, venue.empty, {})
    with pytest.raises(BadData, match=exchange.id):
        exchange.open_interest(venue.symbol, "1h", NOW - DAY, NOW)


def test_bars_must_exist_after_the_listing(served: tuple[Any, Venue]) -> None:
    """Proves that no bars at all is BadData once the market is listed, and an empty series before that."""
    exchange, venue = served
    venue.broken[venue.candles] = (200, venue.empty, {})
    with pytest.raises(BadData, match=exchange.id):
        exchange.ohlcv(venue.symbol, "1h", NOW - DAY, NOW)
    assert not len(exchange.ohlcv(venue.symbol, "1h", LISTED - 10 * DAY, LISTED - DAY).time)
    assert not len(exchange.ohlcv(venue.symbol, "1h", NOW, NOW).time)


def test_paging_stops_where_history_ends(served: tuple[Any, Venue]) -> None:
    """Proves that a venue that has nothing is asked for three pages, not hundreds."""
    exchange, venue = served
    exchange.markets()
    venue.broken[venue.candles] = (200, venue.empty, {})
    before = len(venue.seen)
    with pytest.raises(BadData):
        exchange.ohlcv(venue.symbol, "5m", NOW - 300 * DAY, NOW)
    assert len(venue.seen) == before + 3


def test_present_open_interest_is_base_coin_and_one_side(served: tuple[Any, Venue]) -> None:
    """Proves that the present OI agrees with the history in unit and side, and is not from the future."""
    exchange, venue = served
    interest = exchange.open_interest_now(venue.symbol)
    assert NOW - STEPS["5m"] < interest.time[0] <= NOW
    np.testing.assert_allclose(interest.amount, [amount(NOW, STEPS[venue.present])], rtol=1e-6)
    assert interest.time.dtype == np.int64


def test_the_account_ratio_is_the_newest(served: tuple[Any, Venue]) -> None:
    """Proves ratio and time where it is public, and a named refusal where it is not."""
    exchange, venue = served
    if venue.account is None:
        with pytest.raises(Unsupported, match=exchange.id):
            exchange.account_ratio(venue.symbol)
        return
    found = exchange.account_ratio(venue.symbol)
    assert (found.ratio, found.time) == (pytest.approx(ACCOUNT_RATIO), NOW - 200_000)


def test_the_book_is_in_base_coin(served: tuple[Any, Venue]) -> None:
    """Proves order and unit of both sides, and that the deepest public book is asked for."""
    exchange, venue = served
    book = exchange.order_book(venue.symbol)
    np.testing.assert_allclose(book.bids, BOOK["bids"], rtol=1e-9)
    np.testing.assert_allclose(book.asks, BOOK["asks"], rtol=1e-9)
    assert NOW - 1000 <= book.time <= NOW
    asked = venue.queries(venue.book)[0]
    assert dict(venue.deepest).items() <= asked.items()


def test_funding_and_its_interval(served: tuple[Any, Venue]) -> None:
    """Proves rate, interval and time."""
    exchange, venue = served
    funding = exchange.funding(venue.symbol)
    assert (funding.rate, funding.interval_hours) == (0.0001, venue.funding_hours)
    assert NOW - 1000 <= funding.time <= NOW


def test_tiers_are_in_quote_currency(served: tuple[Any, Venue]) -> None:
    """Proves floors in quote currency, the maintenance recursion and the source of the tiers."""
    exchange, venue = served
    tiers = exchange.tiers(venue.symbol)
    assert tiers.source == exchange.capabilities.tiers == venue.tiers_source
    assert (tiers.floor[0], tiers.maintenance_amount[0]) == (0, 0)
    assert (np.diff(tiers.maintenance_rate) > 0).all()
    assert (np.diff(tiers.max_leverage) < 0).all()
    if venue.second_tier is None:
        assert len(tiers.floor) == 1
    else:
        np.testing.assert_allclose((tiers.floor[1], tiers.maintenance_amount[1]), venue.second_tier, rtol=1e-9)


def test_unlisted_symbols_and_unknown_timeframes(served: tuple[Any, Venue]) -> None:
    """Proves that both are named errors, before anything but the listing is asked."""
    exchange, venue = served
    for ask in (exchange.order_book, exchange.funding, exchange.tiers):
        with pytest.raises(UnknownSymbol, match=exchange.id):
            ask("NOPE/USDT:USDT")
    with pytest.raises(Unsupported, match="7m"):
        exchange.ohlcv(venue.symbol, "7m", NOW - DAY, NOW)
    assert all(path.endswith(venue.listing) for path, _ in venue.seen)


def test_an_overridden_base_gets_the_original_paths(served: tuple[Any, Venue]) -> None:
    """Proves that each request goes to the base, path prefix and all, with the venue's own path and query behind it."""
    exchange, plain = served
    _ask_everything(exchange, plain.symbol)
    mirror, base = VENUES[exchange.id](), "http://127.0.0.1:9/mirror/x"
    mirror.prefix = "/mirror/x"
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=mirror.answer)
        mirrored: Any = build_venue(exchange.id, base_url=base + "/", clock=lambda: NOW / 1000, throttle=False)
        _ask_everything(mirrored, plain.symbol)
        mirrored.close()
    paths = [url.removeprefix(host) for url in plain.urls for host in plain.hosts if url.startswith(host)]
    assert mirror.urls == [base + path for path in paths]


def _ask_everything(exchange: Any, symbol: str) -> None:
    exchange.ohlcv(symbol, "1h", NOW - DAY, NOW)
    if exchange.capabilities.mark_price:
        exchange.mark_ohlcv(symbol, "1h", NOW - DAY, NOW)
    if exchange.capabilities.open_interest_history:
        exchange.open_interest(symbol, "1h", NOW - DAY, NOW)
    exchange.open_interest_now(symbol)
    if exchange.account_ratio_period:
        exchange.account_ratio(symbol)
    exchange.order_book(symbol)
    exchange.funding(symbol)
    exchange.tiers(symbol)
