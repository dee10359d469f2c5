"""The order book of a market, held against the market's own bars before anybody sees it."""

import numpy as np

from service.heatmap import Bars
from service.heatmap.base import Floats
from service.market.contract import TIMEFRAMES, BadData, Exchange, Market, OrderBook
from service.market.feed.alignment.per_coin import book_per_coin, series_per_coin
from service.times import DAY_MS

# The middle of a book against the newest trade: apart from each other for longer than a moment they never are.
BOOK_DISTANCE = 0.05
# One side of a book against the greater of open interest and a day's volume, in money and so far from the middle at
# most: more than a small multiple is not seen. Hundreds of millions of coins rest at the lowest ticks of thin markets,
# for a few thousand USD in all.
BOOK_MULTIPLE, BOOK_REACH = 100.0, 0.5


def fitting_book(exchange: Exchange, market: Market, bars: Bars, now: int) -> OrderBook:
    """Return the exchange's book; raise BadData where it does not fit the bars (base coin), up to `now` (epoch ms).

    Where it is far from the last close, which may be hours old, the exchange is asked what the price is now.
    """
    book = book_per_coin(exchange.order_book(market.asked_as), market.unit)
    price = float(bars.close[-1])
    if is_far((book.bids[0, 0] + book.asks[0, 0]) / 2, price):
        price = _newest_price(exchange, market, price, now)
    known = bars.open_interest[np.isfinite(bars.open_interest)]
    traded = float(bars.volume[-max(1, DAY_MS // bars.step) :].sum())
    require_book_of_market(exchange.id, book, price, max(traded, *known[-1:]))
    return book


def _newest_price(exchange: Exchange, market: Market, price: float, now: int) -> float:
    """Return the price of the newest trade as the shortest bar has it, forming or not; `price` if there is none."""
    shortest = min(exchange.capabilities.timeframes, key=TIMEFRAMES.__getitem__)
    newest = exchange.ohlcv(market.asked_as, shortest, now - 3 * TIMEFRAMES[shortest], now + 1).known()
    return float(series_per_coin(newest, market.unit).close[-1]) if len(newest) else price


def require_book_of_market(exchange: str, book: OrderBook, price: float, amount: float) -> None:
    """Raise BadData unless the book fits the newest price and the market's size (base coin)."""
    middle = (book.bids[0, 0] + book.asks[0, 0]) / 2
    if is_far(middle, price):
        raise BadData(exchange, f"order book: its middle {middle:g} is far from the price {price:g}")
    resting = max(_money_near(book.bids, middle), _money_near(book.asks, middle))
    if resting > BOOK_MULTIPLE * amount * price:
        raise BadData(exchange, f"order book: worth {resting:g} on one side, in a market of {amount * price:g}")


def _money_near(side: Floats, middle: float) -> float:
    """Return the quote currency that rests on a side within reach of the middle."""
    near = np.abs(side[:, 0] / middle - 1) <= BOOK_REACH
    return float((side[near, 0] * side[near, 1]).sum())


def is_far(middle: float, price: float) -> bool:
    """Tell whether a book's middle and a price cannot be of the same moment."""
    return abs(middle / price - 1) > BOOK_DISTANCE
