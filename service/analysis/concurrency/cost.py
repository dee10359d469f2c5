"""Cost: what an answer would take, estimated from what is asked before anything is loaded, and refused where too much.

`bench/costliest_requests.py` prints what requests take; the constants are fitted to its table, on the slower side.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from service.analysis.limits import LEAST_COLUMNS, LEAST_LOOKBACK, columns_of, most_cells
from service.analysis.requests import BarsRequest
from service.heatmap import BadInput
from service.heatmap.base import USUAL_BINS
from service.market.contract import TIMEFRAMES
from service.market.feed import warm_up_bars
from service.times import HOUR_MS

# CPU seconds: of one bar in both sides of one exchange's inventory, of one cell with its heat, of one market at all.
BAR_SECONDS, CELL_SECONDS, MARKET_SECONDS = 12e-6, 1.3e-7, 0.02
# Of one past column in which zones are sought.
READ_SECONDS = 3e-4
# Bytes held: both sides of a cell, of each exchange and of their sum; what any answer takes.
CELL_BYTES, LEAST_BYTES = 20, 4_000_000
# Inventories that are taken: with the ensemble, and where the mix is fitted.
ENSEMBLE_PASSES, FIT_PASSES = 8, 8
# What the other mixes take, most of which have half of the populations.
RIVAL_PASSES = 2
# Those of a busy machine, of which an idle one takes a third: a mix fitted to a year on two exchanges fits in.
MOST_SECONDS = 3.0
# Seconds far below any cost.
ROUNDED_AWAY = 1e-9


@dataclass(frozen=True)
class Cost:
    """CPU seconds, and bytes held on the way."""

    seconds: float
    memory: float

    def plus(self, other: "Cost", sign: int = 1) -> "Cost":
        """Return the sum, or the difference; what rounding leaves of nothing is nothing."""
        seconds = self.seconds + sign * other.seconds
        return Cost(seconds if seconds > ROUNDED_AWAY else 0.0, self.memory + sign * other.memory)

    def least(self, other: "Cost") -> "Cost":
        """Return the lesser seconds and the lesser memory of both."""
        return Cost(min(self.seconds, other.seconds), min(self.memory, other.memory))


@dataclass(frozen=True, kw_only=True)
class Work:
    """What an answer multiplies its bars by.

    markets  symbols times exchanges
    passes   inventories taken of each
    grids    grids of columns times bins whose heat is read, each with a part of every exchange
    read     past columns in which zones are sought
    """

    exchanges: int
    markets: int
    passes: int = 1
    grids: int = 0
    read: int = 0

    def cost(self, lookback: int, timeframes: Sequence[str]) -> Cost:
        """Return what a lookback (ms) takes on all of the timeframes."""
        columns = [lookback // TIMEFRAMES[frame] for frame in timeframes]
        warm_up = sum(map(warm_up_bars, timeframes))
        cells = self.grids * min(sum(columns) * USUAL_BINS, most_cells(self.exchanges))
        seconds = self.passes * (sum(columns) + warm_up) * BAR_SECONDS + len(columns) * MARKET_SECONDS
        return Cost(
            self.markets * seconds + cells * CELL_SECONDS + self.read * READ_SECONDS,
            LEAST_BYTES + cells * (self.exchanges + 1) * CELL_BYTES,
        )


def checked_cost(work: Work, asked: BarsRequest, timeframes: Sequence[str] = ()) -> Cost:
    """Return what the work takes on the bars asked for, or on several timeframes in place of their one.

    Raises BadInput, saying how far back is not too much.
    """
    frames = timeframes or (asked.timeframe,)
    columns = [columns_of(asked.lookback, frame) for frame in frames]
    cost = work.cost(asked.lookback, frames)
    if cost.seconds > MOST_SECONDS:
        told = f"Takes too much work: {sum(columns)} bars, {work.markets} markets, {work.passes} maps of each"
        raise _refusal(told, work, asked.lookback, frames)
    return cost


def passes_of(asked: BarsRequest, *, ensemble: bool) -> int:
    """Return how many inventories of each market are taken."""
    return 1 + ensemble * (ENSEMBLE_PASSES - 1) + asked.assumptions.fitted * FIT_PASSES


def _refusal(told: str, work: Work, lookback: int, frames: Sequence[str]) -> BadInput:
    """Return which parameter to lower, and to what: the lookback, unless even the shortest is too much."""
    least = max(LEAST_LOOKBACK, *(LEAST_COLUMNS * TIMEFRAMES[frame] for frame in frames)) // HOUR_MS
    hours = range(lookback // HOUR_MS, least - 1, -1)
    fitting = bisect_left(hours, True, key=lambda each: work.cost(each * HOUR_MS, frames).seconds <= MOST_SECONDS)  # noqa: FBT003 - what is looked for
    if fitting == len(hours):
        return BadInput("exchange", told, "fewer exchanges")
    return BadInput("lookback", told, f"{least}h to {hours[fitting]}h here")
