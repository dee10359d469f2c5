"""The diff: where two maps disagree, of two exchanges, two moments or two sets of assumptions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from service.analysis.concurrency.cost import Work, checked_cost, passes_of
from service.analysis.limits import fitting_bins
from service.analysis.maps.axes import check_zone_axis, zone_axis
from service.analysis.maps.group_map import group_column
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.group import Group
from service.analysis.markets.loading import begin_group, exchanges_of
from service.analysis.markets.price_agreement import require_comparable
from service.analysis.prepared import Prepared
from service.analysis.results.diff_request import MAPS, DiffRequest
from service.analysis.services import Services
from service.analysis.zones.zone_reading import ZoneReading, read_zones, zone_rules
from service.heatmap import BadInput, MapColumn, PriceAxis, Side, Zone, compare_maps
from service.heatmap.base import axis_between
from service.heatmap.compare import (
    ConsensusZone,
    Difference,
    How,
    MapZone,
    ZoneDifference,
    compare_zones,
    find_consensus,
)
from service.heatmap.density import DEFAULT_DENSITY_RULES, Relief
from service.market.contract import UnknownExchange
from service.market.feed import BOOK_SECONDS


@dataclass(frozen=True, eq=False)
class DiffResult:
    """What the two maps have in common and what not; `consensus_missing` says why there can be no consensus."""

    kind: str
    envelopes: dict[str, Envelope]
    difference: Difference
    zones: ZoneDifference
    consensus: tuple[ConsensusZone, ...]
    consensus_missing: str | None


def prepare_diff(services: Services, request: DiffRequest) -> Prepared[DiffResult]:
    """Load both maps within one deadline; raises MarketError or BadInput, naming parameters as the caller gave them."""
    kind = request.kind()
    fitting_bins(request.axis, request.market)
    begun, groups, markets, named = {}, {}, request.markets(), 0
    for name, market in markets.items():
        with _named_as_asked(request, name):
            named += len(exchanges_of(services, market.exchange))
    work = Work(exchanges=named, markets=named, passes=2 + passes_of(request.market, ensemble=False))
    admitted = services.work.admit(checked_cost(work, request.market))
    for name, market in markets.items():
        with _named_as_asked(request, name):
            begun[name] = begin_group(services, market)
    for name, pending in begun.items():
        with _named_as_asked(request, name):
            groups[name] = pending.group()
    if kind == "exchanges":
        require_comparable(request.market.symbol, groups["a"].reference, groups["b"].reference, "b")
    axes = _axes(groups, request)
    return Prepared(
        tuple(group.fingerprint for group in groups.values()),
        BOOK_SECONDS,
        admitted.computing(lambda: _result(groups, axes, kind, request, services.clock())),
    )


@contextmanager
def _named_as_asked(request: DiffRequest, name: str) -> Iterator[None]:
    """Name a bad parameter of one map as the caller wrote it."""
    given = {each for names in request.given().values() for each in names}
    try:
        yield
    except BadInput as error:
        own = name if error.field == "exchange" else f"{error.field}_{name}"
        raise BadInput(own if own in given else error.field, error.message, error.allowed) from None
    except UnknownExchange as error:
        raise UnknownExchange(error.exchange, error.known, name if name in given else error.field) from None


def _result(
    groups: Mapping[str, Group], axes: Mapping[str, PriceAxis], kind: str, request: DiffRequest, now: float
) -> DiffResult:
    readings = {}
    for name, group in groups.items():
        with _named_as_asked(request, name):
            readings[name] = read_zones(group, described=False, rules=zone_rules(request.axis))
    how = request.alignment
    columns = {name: _column(groups[name], axes[name]) for name in MAPS}
    zones = {name: _zones(groups[name], readings[name].zones.hot, how) for name in MAPS}
    missing = _no_consensus(kind, groups)
    return DiffResult(
        kind=kind,
        envelopes={name: groups[name].envelope(now) for name in MAPS},
        difference=compare_maps(columns["a"], columns["b"], how),
        zones=_compared(zones, {name: _relief(readings[name], how) for name in MAPS}),
        consensus=() if missing else tuple(_consensus(groups, zones, request)),
        consensus_missing=missing,
    )


def _axes(groups: Mapping[str, Group], request: DiffRequest) -> dict[str, PriceAxis]:
    """Return an axis for each map, cut so that the bins of both are the same ones.

    By price it is one axis over both ranges, so that neither map ends where the other goes on. By price / mark it is
    the dearer map's, and for the other map the same one times the ratio of the marks. Raises BadInput.
    """
    prices = {name: group.price for name, group in groups.items()}
    dearer = max(MAPS, key=lambda name: prices[name])
    asked = request.axis
    if request.alignment == "relative":
        own = zone_axis(groups[dearer], asked, request.market)
        axes = {name: replace(own, bin_size=own.bin_size * price / prices[dearer]) for name, price in prices.items()}
    else:
        share = asked.range_pct / 100.0
        low, high = (1.0 - share) * min(prices.values()), (1.0 + share) * prices[dearer]
        bins = fitting_bins(asked, request.market)
        axes = dict.fromkeys(MAPS, axis_between(low, high, bins=bins, bin_size=asked.bin_size))
    for name, group in groups.items():
        check_zone_axis(group, axes[name], asked)
    return axes


def _column(group: Group, axis: PriceAxis) -> MapColumn:
    sides = group_column(group, axis).total.sides
    interest = sum(member.open_interest_usd for member in group.members.values())
    # What stands is stated at the price, and what is in a bin at the bin's own, unless contracts are in USD.
    worth = np.ones(axis.count) if group.reference.data.inverse else group.price / axis.centres
    outside = [max(side.standing - side.passed - float(side.notional @ worth), 0.0) for side in sides.values()]
    long, short = sides[Side.LONG].notional, sides[Side.SHORT].notional
    return MapColumn(axis.edges, long, short, interest, group.price, *outside)


def _relief(reading: ZoneReading, how: How) -> Relief:
    edges = reading.axis.edges
    return Relief(edges / reading.price if how == "relative" else edges, reading.zones.sides)


def _zones(group: Group, hot: Sequence[Zone], how: How) -> list[MapZone]:
    zones = [MapZone(zone.id, zone.side, zone.low, zone.high, zone.notional) for zone in hot]
    return [zone.relative(group.price) for zone in zones] if how == "relative" else zones


def _compared(zones: Mapping[str, Sequence[MapZone]], reliefs: Mapping[str, Relief]) -> ZoneDifference:
    heat_a, heat_b = reliefs["a"].heat, reliefs["b"].heat
    return compare_zones(
        zones["a"],
        zones["b"],
        lambda zone: heat_a(zone.side, zone.low, zone.high),
        lambda zone: heat_b(zone.side, zone.low, zone.high),
        faint=DEFAULT_DENSITY_RULES.faint,
    )


def _no_consensus(kind: str, groups: Mapping[str, Group]) -> str | None:
    """Return why exchanges cannot confirm each other here, None if they can."""
    if kind != "exchanges":
        return f"Two {kind} of the same exchanges are compared: exchanges confirm each other where a and b are given."
    if len({name for group in groups.values() for name in group.members}) <= 1:
        return "A single exchange is on both sides: nothing confirms its zones."
    return None


def _consensus(
    groups: Mapping[str, Group], zones: Mapping[str, list[MapZone]], request: DiffRequest
) -> list[ConsensusZone]:
    """Return the zones that at least two exchanges confirm, each exchange of either map counting once."""
    maps: dict[str, list[MapZone]] = {}
    for side, group in groups.items():
        if len(group.members) == 1:
            maps.setdefault(next(iter(group.members)), zones[side])
            continue
        for name in [each for each in group.members if each not in maps]:
            alone = group.alone(name)
            hot = read_zones(alone, described=False, rules=zone_rules(request.axis)).zones.hot
            maps[name] = _zones(alone, hot, request.alignment)
    return find_consensus(maps)
