"""A table of bars as an exchange of one market, so that the service answers about it as about any other."""

from typing import NoReturn

import numpy as np

from service.cli.table.bars import BarTable
from service.cli.table.errors import BadTable
from service.cli.table.order import span
from service.heatmap import Bars
from service.heatmap.inventory import typical_venue
from service.heatmap.skill import open_interest_from_volume
from service.market.contract import TIMEFRAMES, Candles, Capabilities, Market, OpenInterest, Tiers, Unsupported

TABLE = "table"
QUOTE = "USD"


class TableExchange:
    """The one market of a table; see Exchange. What a table cannot hold (a book, funding) is Unsupported.

    Where the table knows no open interest, volume stands in for it. The risk tiers are those of a large venue's lowest.
    """

    id = TABLE
    name = "a table of bars"
    simulated = False

    def __init__(self, table: BarTable, coin: str) -> None:
        """`coin` names what is traded; raises BadTable where no timeframe has bars of that length."""
        bars = table.bars
        self._venue = typical_venue()
        self.liquidation_rule = self._venue.rule
        self.timeframe = _timeframe(bars, table.name)
        self._bars = bars if np.isfinite(bars.open_interest).any() else open_interest_from_volume(bars)
        # Stamped by a clock, bars are a moment off the grid that their open times are on.
        self._time = np.round(bars.time / bars.step).astype(np.int64) * bars.step
        symbol = f"{coin}/{QUOTE}:{QUOTE}"
        self._market = Market(symbol, coin, QUOTE, QUOTE, contract_size=1.0, price_tick=0.0, taker_fee=0.0)
        self.capabilities = Capabilities(
            timeframes=(self.timeframe,),
            open_interest_history=True,
            open_interest_timeframes=(self.timeframe,),
            open_interest_days=None,
            mark_price=False,
            order_book_depth=0,
            tiers="assumed",
            funding=False,
        )

    @property
    def end(self) -> int:
        """Return the close of the last bar, epoch ms."""
        return int(self._time[-1]) + self._bars.step

    def markets(self) -> dict[str, Market]:
        """Return the one market."""
        return {self._market.symbol: self._market}

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return the table's bars."""
        del symbol, timeframe
        first, last = np.searchsorted(self._time, (since, until))
        part = self._bars.part(int(first), int(last))
        return Candles(self._time[first:last], part.open, part.high, part.low, part.close, part.volume)

    def mark_ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> NoReturn:
        """Raise Unsupported: a table holds traded prices."""
        del timeframe, since, until
        self._not_held(symbol, "mark price")

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return open interest at the close of each bar that knows it."""
        del symbol, timeframe
        close, amount = self._time + self._bars.step, self._bars.open_interest
        asked = (close >= since) & (close < until) & np.isfinite(amount)
        return OpenInterest(close[asked], amount[asked])

    def tiers(self, symbol: str) -> Tiers:
        """Return the tiers of the venue that stands in where none is named."""
        del symbol
        usual = self._venue.tiers
        columns = usual.floor, usual.maintenance_rate, usual.maintenance_amount, usual.max_leverage
        return Tiers(*columns, source="assumed")

    def open_interest_now(self, symbol: str) -> NoReturn:
        """Raise Unsupported: what stands now is the last row."""
        self._not_held(symbol, "present open interest")

    def account_ratio(self, symbol: str) -> NoReturn:
        """Raise Unsupported."""
        self._not_held(symbol, "account ratio")

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> NoReturn:
        """Raise Unsupported: `skill` reads them."""
        del timeframe, since, until
        self._not_held(symbol, "liquidations")

    def order_book(self, symbol: str) -> NoReturn:
        """Raise Unsupported."""
        self._not_held(symbol, "order book")

    def funding(self, symbol: str) -> NoReturn:
        """Raise Unsupported."""
        self._not_held(symbol, "funding rate")

    def _not_held(self, symbol: str, what: str) -> NoReturn:
        raise Unsupported(f"a table of bars holds no {what} of {symbol}")


def _timeframe(bars: Bars, name: str) -> str:
    nearest = min(TIMEFRAMES, key=lambda frame: abs(TIMEFRAMES[frame] - bars.step))
    # Bars that a clock stamped are a second or so longer or shorter.
    if abs(TIMEFRAMES[nearest] - bars.step) > 0.02 * TIMEFRAMES[nearest]:
        raise BadTable(f"{name}: bars are {span(bars.step)} long; maps are made of {', '.join(TIMEFRAMES)}")
    return nearest
