"""How fragile a market is where its zones were read, and each of its hot zones."""

from service.analysis.zones.zone_reading import ZoneReading
from service.heatmap import BySide, Side
from service.heatmap.cascade import ExecutedShare, Fragility, cascade_ratios, fragility_of


def market_fragility(reading: ZoneReading, executed: ExecutedShare) -> BySide[Fragility | None] | None:
    """Return the fragility of either side of a market; None where no book is seen."""
    if reading.group.book is None:
        return None
    interest = sum(member.open_interest_usd for member in reading.group.members.values())
    return fragility_of(reading.zones.books, reading.axis.edges, reading.notional, executed, interest)


def zone_ratios(reading: ZoneReading, executed: ExecutedShare) -> dict[str, float]:
    """Return the cascade ratio of each hot zone by its name; of none where its side of the book is not seen."""
    found: dict[str, float] = {}
    for side, curve in zip(Side, reading.zones.books, strict=True):
        zones = [zone for zone in reading.zones.hot if zone.side is side]
        if zones and curve is not None:
            spans = [(zone.low, zone.high, zone.notional) for zone in zones]
            ratios = cascade_ratios(curve, spans, executed.q50)
            found |= {zone.id: ratio for zone, ratio in zip(zones, ratios.tolist(), strict=True)}
    return found
