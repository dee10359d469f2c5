"""What the resources share: the feed, the kept answers, the clock."""

from collections.abc import Callable
from dataclasses import dataclass

from service.api.answers import Answers
from service.market.feed import MarketFeed


@dataclass(frozen=True, eq=False)
class Services:
    """Made once per application by create_app; `clock` returns epoch seconds."""

    feed: MarketFeed
    answers: Answers
    clock: Callable[[], float]
