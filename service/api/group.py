"""A group: one market on one exchange or on several, each with its own map, on one price axis."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from service.api.estimate import Estimate, estimate
from service.api.merged_envelope import merged_envelope
from service.api.services import Services
from service.api.side_by_side import Failure, Key, SideBySide, side_by_side
from service.heatmap.aggregate import aligned, summed, summed_profiles
from service.heatmap.axis import PriceAxis, price_axis
from service.heatmap.bad_input import BadInput
from service.heatmap.bars import Floats
from service.heatmap.confidence import Confidence, merged_confidence, with_agreement
from service.heatmap.ensemble import Ensemble, summed_ensembles
from service.heatmap.inventory import Heatmap, heatmap
from service.heatmap.profile import Profile, profile
from service.market.exchange import UnknownExchange

ALL = "all"


@dataclass(frozen=True, eq=False)
class Group:
    """What was loaded of a market; `members` by exchange id is never empty, `errors` say why the others are missing."""

    members: dict[str, Estimate]
    errors: dict[str, Failure]

    @property
    def weights(self) -> dict[str, float]:
        """Return each member's share of the open interest in USD."""
        interest = {name: member.open_interest_usd for name, member in self.members.items()}
        total = sum(interest.values())
        return {name: usd / total for name, usd in interest.items()}

    @property
    def reference(self) -> Estimate:
        """Return the member with the most open interest, whose bars stand for the market's."""
        weights = self.weights
        return self.members[max(weights, key=lambda name: weights[name])]

    @property
    def price(self) -> float:
        """Return the members' prices weighted by open interest."""
        if len(self.members) == 1:
            return self.reference.data.price
        price = sum(share * self.members[name].data.price for name, share in self.weights.items())
        return float(f"{price:.12g}")

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Return what changes whenever an input changes."""
        return (*((name, member.fingerprint) for name, member in self.members.items()), *sorted(self.errors))

    @property
    def confidence(self) -> Confidence:
        """Return how far to trust the sum."""
        parts = {name: member.confidence for name, member in self.members.items()}
        return merged_confidence(parts, self.weights, len(self.members) + len(self.errors))

    @property
    def book(self) -> tuple[Floats, Floats] | None:
        """Return bids and asks of all members together, None if none has a book."""
        books = [member.data.book for member in self.members.values() if member.data.book is not None]
        if not books:
            return None
        return np.concatenate([book.bids for book in books]), np.concatenate([book.asks for book in books])

    def axis(self, args: dict[str, Any]) -> PriceAxis:
        """Return the axis that the query asks for, around the price; raises BadInput."""
        return price_axis(self.price, args["range_pct"], bins=args["bins"], bin_size=args["bin_size"])

    def alone(self, name: str) -> "Group":
        """Return the group of one of its members."""
        return Group({name: self.members[name]}, {})

    def ensemble(self, axis: PriceAxis) -> Ensemble:
        """Return the newest column under every member of the ensemble."""
        return summed_ensembles([member.ensemble(axis) for member in self.members.values()])

    def envelope(self, now: float, made: Ensemble | None = None) -> dict[str, Any]:
        """Return what every answer says of its inputs; `now` in epoch seconds, `made` the ensemble if there is one."""
        agreement = None if made is None else made.agreement()
        envelopes = {name: member.envelope(now, agreement) for name, member in self.members.items()}
        confidence = self.confidence if agreement is None else with_agreement(self.confidence, agreement)
        return merged_envelope(envelopes, self.errors, self.weights, self.price, confidence)


@dataclass(frozen=True, eq=False)
class GroupMap:
    """The sum over a group's exchanges, and the parts it was made of."""

    total: Heatmap
    parts: dict[str, Heatmap]


def group(services: Services, args: dict[str, Any]) -> Group:
    """Load a market on every exchange that `exchange` names, side by side.

    One failing of several is noted; raises MarketError or BadInput when none is left.
    """
    names = exchanges_of(services, args["exchange"])
    if len(names) == 1:
        return Group({names[0]: estimate(services, args | {"exchange": names[0]})}, {})
    loaded = side_by_side(services.pool, loads(services, args, [args["symbol"]], names), services.seconds)
    if not loaded.results:
        raise loaded.first_error()
    return grouped(loaded)[args["symbol"]]


def loads(
    services: Services, args: dict[str, Any], symbols: list[str], exchanges: list[str]
) -> dict[Key, Callable[[], Estimate]]:
    """Return the calls that load each symbol on each exchange."""
    return {
        (symbol, name): partial(
            estimate, services, args | {"symbol": symbol, "exchange": name, "alone": len(exchanges) == 1}
        )
        for symbol in symbols
        for name in exchanges
    }


def grouped(loaded: SideBySide[Estimate]) -> dict[str, Group]:
    """Return the group of each symbol that at least one exchange gave."""
    symbols = dict.fromkeys(symbol for symbol, _ in loaded.results)
    return {
        symbol: Group(
            {name: member for (of, name), member in loaded.results.items() if of == symbol},
            {name: error for (of, name), error in loaded.errors.items() if of == symbol},
        )
        for symbol in symbols
    }


def one_exchange(services: Services, args: dict[str, Any]) -> Estimate:
    """Load a market on the one exchange named; raises BadInput if there are several."""
    return estimate(services, args | {"exchange": the_exchange(services, args)})


def the_exchange(services: Services, args: dict[str, Any]) -> str:
    """Return the id of the one exchange named; raises UnknownExchange, or BadInput if there are several."""
    names = exchanges_of(services, args["exchange"])
    if len(names) > 1:
        raise BadInput("exchange", "Several cannot be taken together here", "one of them")
    return names[0]


def exchanges_of(services: Services, text: str) -> list[str]:
    """Return the ids that `binance,bybit` or `all` stands for; all are the real ones, or the simulated if only these.

    Raises UnknownExchange or BadInput.
    """
    served = services.feed.exchanges
    if text == ALL:
        real = [name for name, exchange in served.items() if not exchange.simulated]
        return real or list(served)
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in served:
            raise UnknownExchange(name, [*served, ALL])
    if len(set(names)) < len(names):
        raise BadInput("exchange", "One is named twice", "each at most once")
    return names


def group_map(found: Group, axis: PriceAxis) -> GroupMap:
    """Return the heatmaps of a group on an axis; one inventory at a time is held, for they are large."""
    return _group_map({name: heatmap(member.inventory(axis)) for name, member in found.members.items()})


def group_profile(found: Group, axis: PriceAxis) -> tuple[Profile, dict[str, Profile]]:
    """Return the profile of a group and of each of its exchanges; it takes the last column alone."""
    parts = {name: profile(member.inventory(axis, columns=1), found.price) for name, member in found.members.items()}
    return summed_profiles(list(parts.values()), found.price), parts


def group_map_and_profile(found: Group, axis: PriceAxis) -> tuple[GroupMap, Profile]:
    """Return both, taking each inventory once."""
    maps, profiles = {}, []
    for name, member in found.members.items():
        inventory = member.inventory(axis)
        maps[name] = heatmap(inventory)
        profiles.append(profile(inventory, found.price))
    return _group_map(maps), summed_profiles(profiles, found.price)


def _group_map(parts: dict[str, Heatmap]) -> GroupMap:
    try:
        parts = aligned(parts)
    except BadInput as error:
        raise BadInput("lookback", error.message) from None
    return GroupMap(summed(list(parts.values())), parts)
