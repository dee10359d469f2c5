"""Per coin: what a venue says of contracts of a thousand coins, said of one coin."""

from typing import TypeVar

from service.market.contract import Candles, Market, OpenInterest, OrderBook, TimeSeries

S = TypeVar("S", bound=TimeSeries)


def series_per_coin(rows: S, unit: float) -> S:
    """Return rows of `unit` coins each as rows of one: prices divided, amounts multiplied; USD stays as it is."""
    if unit == 1.0:
        return rows
    if isinstance(rows, Candles):
        opened, high, low, close = (column / unit for column in (rows.open, rows.high, rows.low, rows.close))
        return type(rows)(rows.time, opened, high, low, close, rows.volume * unit)
    if isinstance(rows, OpenInterest):
        return type(rows)(rows.time, rows.amount * unit)
    return rows


def book_per_coin(book: OrderBook, unit: float) -> OrderBook:
    """Return a book of `unit` coins at each level's amount as one of single coins."""
    if unit == 1.0:
        return book
    return OrderBook(book.time, *(side * (1.0 / unit, unit) for side in (book.bids, book.asks)))


def listing_notes(market: Market) -> list[str]:
    """Return what is to be said of how a market is listed."""
    if market.unit == 1.0:
        return []
    told = f"Listed as {market.listed_as}, {market.unit:,.0f} coins each"
    return [f"{told}: prices and amounts are brought to one {market.base}."]
