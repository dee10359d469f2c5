"""The price of a market, and what it was taken from: never one thing in place of another without saying so."""

from dataclasses import dataclass

from service.heatmap import Bars
from service.market.contract import OrderBook, PriceSource


@dataclass(frozen=True)
class Price:
    """A price in quote currency, what it is, and of when (epoch ms)."""

    value: float
    source: PriceSource
    time: int


def price_of(book: OrderBook | None, bars: Bars) -> Price:
    """Return the middle of the book, else the last close, which may be as old as a bar is long."""
    if book is None:
        return Price(float(bars.close[-1]), "last_close", int(bars.close_time[-1]))
    middle = (book.bids[0, 0] + book.asks[0, 0]) / 2.0
    return Price(float(f"{middle:.12g}"), "book_middle", book.time)
