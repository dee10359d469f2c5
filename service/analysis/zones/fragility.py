"""How fragile a market is where its zones were read, and each of its hot zones."""

from service.analysis.zones.zone_reading import ZoneReading
from service.heatmap import BySide, Side
from service.heatmap.cascade import Direction, ExecutedShare, Fragility, cascade_ratios, fragility_of

PUSHED: dict[Side, Direction] = {Side.LONG: "down", Side.SHORT: "up"}


def market_fragility(reading: ZoneReading, executed: ExecutedShare) -> BySide[Fragility | None] | None:
    """Return the fragility of either side of a market; None where no book is seen."""
    if reading.group.book is None:
        return None
    interest = sum(member.open_interest_usd for member in reading.group.members.values())
    return fragility_of(*reading.group.book, reading.axis.edges, reading.notional, reading.price, executed, interest)


def zone_ratios(reading: ZoneReading, executed: ExecutedShare) -> dict[str, float]:
    """Return the cascade ratio of each hot zone by its name; of none where its side of the book is not seen."""
    book, found = reading.group.book, dict[str, float]()
    if book is None:
        return found
    for side, levels in zip(Side, book, strict=True):
        zones = [zone for zone in reading.zones.hot if zone.side is side]
        if zones and len(levels) and (levels[:, 1] > 0).any():
            spans = [(zone.low, zone.high, zone.notional) for zone in zones]
            ratios = cascade_ratios(levels, reading.price, PUSHED[side], spans, executed.q50)
            found |= {zone.id: ratio for zone, ratio in zip(zones, ratios.tolist(), strict=True)}
    return found
