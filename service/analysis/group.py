"""A group: one market on one exchange or on several, each with its own map, on one price axis."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from service.analysis.estimate import Estimate, estimate
from service.analysis.merged_envelope import merged_envelope
from service.analysis.parallel import Failure, Key, Loading, SideBySide, begin
from service.analysis.services import Services
from service.heatmap import BadInput, Heatmap, PriceAxis, Profile, heatmap_of, price_axis, profile_of
from service.heatmap.base import Floats
from service.heatmap.inventory import Confidence, Ensemble, merged_confidence, summed_ensembles, with_agreement
from service.heatmap.profile import columns_of_all, columns_of_any, laid_out, summed, summed_profiles
from service.market.contract import UnknownExchange, UnknownSymbol, Unsupported

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
        """Return how far to trust the sum; that an exchange has no such market says nothing against it."""
        parts = {name: member.confidence for name, member in self.members.items()}
        return merged_confidence(parts, len(self.members) + self.failed)

    @property
    def failed(self) -> int:
        """Return how many exchanges are missing though they may list the market."""
        return sum(not isinstance(error, UnknownSymbol) for error in self.errors.values())

    @property
    def columns(self) -> int:
        """Return how many columns the sum has: those that any member has, as many as were asked for at most."""
        times = [member.column_times for member in self.members.values()]
        return len(columns_of_any(times, self.reference.wanted))

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
        agreement = None if made is None else made.agreement
        envelopes = {name: member.envelope(now, agreement) for name, member in self.members.items()}
        confidence = self.confidence
        if agreement is not None:
            answered = len(self.members) / (len(self.members) + self.failed)
            confidence = with_agreement(confidence, agreement * answered)
        shared = columns_of_all([member.column_times for member in self.members.values()])
        columns = self.columns, min(self.columns, len(shared))
        return merged_envelope(envelopes, self.errors, self.weights, self.price, confidence, columns)


@dataclass(frozen=True, eq=False)
class GroupMap:
    """The sum over a group's exchanges, and the parts it was made of."""

    total: Heatmap
    parts: dict[str, Heatmap]


@dataclass(frozen=True, eq=False)
class PendingGroup:
    """A group whose loads are under way."""

    symbol: str
    loading: Loading[Estimate]

    def group(self) -> Group:
        """Wait for it up to its deadline.

        One failing of several is noted; raises MarketError or BadInput when none is left.
        """
        loaded = self.loading.finish()
        if not loaded.results:
            raise loaded.first_error()
        return grouped(loaded)[self.symbol]


def begin_group(services: Services, args: dict[str, Any]) -> PendingGroup:
    """Begin to load a market on every exchange that `exchange` names, side by side; raises as exchanges_of does."""
    names = exchanges_of(services, args["exchange"])
    calls = loads(services, args, [args["symbol"]], names)
    return PendingGroup(args["symbol"], begin(services.threads, calls, services.seconds))


def group(services: Services, args: dict[str, Any]) -> Group:
    """Load a market on every exchange that `exchange` names; raises as PendingGroup.group does."""
    return begin_group(services, args).group()


def groups_of(services: Services, queries: list[dict[str, Any]]) -> list[Group]:
    """Load what several queries ask for at once, within one deadline; raises as PendingGroup.group does."""
    pending = [begin_group(services, args) for args in queries]
    return [each.group() for each in pending]


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
        symbol: at_one_close(
            {name: member for (of, name), member in loaded.results.items() if of == symbol},
            {name: error for (of, name), error in loaded.errors.items() if of == symbol},
        )
        for symbol in symbols
    }


def at_one_close(members: dict[str, Estimate], errors: dict[str, Failure]) -> Group:
    """Return the group as it stood at the newest close that all members have, so that its sum is of one moment.

    Where they have none in common, the one whose bars begin last is left out, and the errors say so.
    """
    shared = columns_of_all([member.data.bars.close_time for member in members.values()])
    if len(shared):
        return Group({name: member.until(int(shared[-1])) for name, member in members.items()}, errors)
    newest = max(members, key=lambda name: members[name].data.coverage.first)
    others = {name: member for name, member in members.items() if name != newest}
    return at_one_close(others, errors | {newest: Unsupported(f"{newest} has no bar yet that the others have too")})


def one_exchange(services: Services, args: dict[str, Any]) -> Estimate:
    """Load a market on the one exchange named; raises BadInput if there are several."""
    return group(services, args | {"exchange": the_exchange(services, args)}).reference


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
    return _group_map(found, {name: heatmap_of(member.inventory(axis)) for name, member in found.members.items()})


def group_profile(found: Group, axis: PriceAxis) -> tuple[Profile, dict[str, Profile]]:
    """Return the profile of a group and of each of its exchanges; it takes the last column alone."""
    parts = {name: profile_of(member.inventory(axis, columns=1), found.price) for name, member in found.members.items()}
    return summed_profiles(list(parts.values()), found.price), parts


def group_map_and_profile(found: Group, axis: PriceAxis) -> tuple[GroupMap, Profile]:
    """Return both, taking each inventory once."""
    maps, profiles = {}, []
    for name, member in found.members.items():
        inventory = member.inventory(axis)
        maps[name] = heatmap_of(inventory)
        profiles.append(profile_of(inventory, found.price))
    return _group_map(found, maps), summed_profiles(profiles, found.price)


def _group_map(found: Group, parts: dict[str, Heatmap]) -> GroupMap:
    parts = laid_out(parts, found.columns)
    return GroupMap(summed(list(parts.values())), parts)
