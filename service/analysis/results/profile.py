"""The profile: what stands now, by side and leverage."""

from dataclasses import dataclass

from service.analysis.concurrency.cost import passes_of
from service.analysis.maps.axes import axis_around
from service.analysis.maps.group_map import group_profile
from service.analysis.maps.newest_heat import NewestHeat, newest_heat
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.group import Group
from service.analysis.markets.loading import admitted_group, load_group
from service.analysis.prepared import Prepared, freshness
from service.analysis.requests import AxisRequest, MarketRequest
from service.analysis.services import Services
from service.heatmap import PriceAxis, Profile
from service.heatmap.inventory import Ensemble


@dataclass(frozen=True, kw_only=True)
class ProfileRequest:
    """The newest column of a map in detail; `split` adds each exchange's own."""

    market: MarketRequest
    axis: AxisRequest
    uncertainty: bool
    split: bool


@dataclass(frozen=True, eq=False)
class ProfileResult:
    """The profile of a group on an axis with its heat, and what was asked for beside it: the ensemble and each own."""

    envelope: Envelope
    axis: PriceAxis
    total: Profile
    newest: NewestHeat
    spread: Ensemble | None
    split: dict[str, Profile] | None


def prepare_profile(services: Services, request: ProfileRequest) -> Prepared[ProfileResult]:
    """Load what the profile is made of; raises MarketError or BadInput."""
    passes = 2 + passes_of(request.market, ensemble=request.uncertainty)
    admitted = admitted_group(services, request.market, passes=passes)
    group = load_group(services, request.market)
    axis = axis_around(group, request.axis)
    return Prepared(
        group.fingerprint,
        freshness(request.market.as_of, group),
        admitted.computing(lambda: _result(group, axis, request, services.clock())),
    )


def _result(group: Group, axis: PriceAxis, request: ProfileRequest, now: float) -> ProfileResult:
    # Its axis reaches farther, so that what stands there is found again for the profile and the ensemble.
    newest = newest_heat(group, axis)
    spread = group.ensemble(axis) if request.uncertainty else None
    profiles = group_profile(group, axis)
    split = profiles.parts if request.split else None
    return ProfileResult(group.envelope(now, spread), axis, profiles.total, newest, spread, split)
