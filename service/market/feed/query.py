"""Which market is asked for, on which bars, as of when."""

from dataclasses import dataclass

from service.market.contract import TIMEFRAMES
from service.times import WEEK_MS

# Bars before the first column that seed the inventory: a week, but this many at least and at most.
WARM_UP_MS, LEAST_WARM_UP, MOST_WARM_UP = WEEK_MS, 60, 1000


@dataclass(frozen=True)
class FeedQuery:
    """Which market, on which bars, how many columns, and as of when (epoch ms; None is now).

    `context` asks for funding and the account ratio too, which the map itself does not need.
    """

    exchange: str
    symbol: str
    timeframe: str
    columns: int
    as_of: int | None = None
    context: bool = False

    @property
    def step(self) -> int:
        """Return the length of a bar in ms."""
        return TIMEFRAMES[self.timeframe]

    @property
    def warm_up(self) -> int:
        """Return how many bars before the first column are wanted."""
        return warm_up_bars(self.timeframe)

    def span_to(self, until: int) -> tuple[int, int]:
        """Return the times from the first bar wanted to the end of the last one, which is `until`; epoch ms."""
        return until - (self.columns + self.warm_up) * self.step, until


def warm_up_bars(timeframe: str) -> int:
    """Return how many bars before the first column seed the inventory."""
    return min(max(WARM_UP_MS // TIMEFRAMES[timeframe], LEAST_WARM_UP), MOST_WARM_UP)
