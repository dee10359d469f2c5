"""The venue that stands in where none is named: a table of bars says nothing of the exchange it was taken from."""

from service.heatmap.inventory.assumptions import Venue
from service.heatmap.margin.tiers import flat_tiers

# The lowest tier of the large venues' largest markets, and the most leverage they allow there.
TYPICAL_RATE, TYPICAL_LEVERAGE = 0.004, 125.0


def typical_venue(most_leverage: float = TYPICAL_LEVERAGE) -> Venue:
    """Return the lowest tier of a large venue for every size of position, by Binance's liquidation rule."""
    return Venue("binance", flat_tiers(TYPICAL_RATE, max_leverage=most_leverage))
