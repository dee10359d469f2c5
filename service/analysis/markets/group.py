"""A group: one market on one exchange or on several, each with its own map, on one price axis."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from service.analysis.concurrency.parallel import Failure
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.estimate import Estimate
from service.analysis.markets.merged_envelope import merged_envelope
from service.heatmap import BySide, PriceAxis, Side
from service.heatmap.base import Floats
from service.heatmap.inventory import Confidence, DataQuality, Ensemble, confidence_of, merged_quality, summed_ensembles
from service.heatmap.profile import columns_of_all, columns_of_any
from service.market.contract import UnknownSymbol, Unsupported
from service.ops.request_scope import while_wanted


@dataclass(frozen=True, eq=False)
class Group:
    """What was loaded of a market: `members` by exchange id, never empty; `errors` say why the others are missing.

    What follows from them is computed once, on first use.
    """

    members: dict[str, Estimate]
    errors: dict[str, Failure]

    @cached_property
    def weights(self) -> dict[str, float]:
        """Return each member's share of the open interest in USD."""
        interest = {name: member.open_interest_usd for name, member in self.members.items()}
        total = sum(interest.values())
        return {name: usd / total for name, usd in interest.items()}

    @cached_property
    def reference(self) -> Estimate:
        """Return the member with the most open interest, whose bars stand for the market's."""
        weights = self.weights
        return self.members[max(weights, key=lambda name: weights[name])]

    @cached_property
    def price(self) -> float:
        """Return the members' prices weighted by open interest."""
        if len(self.members) == 1:
            return self.reference.data.price
        price = sum(share * self.members[name].data.price for name, share in self.weights.items())
        return float(f"{price:.12g}")

    @cached_property
    def fingerprint(self) -> tuple[object, ...]:
        """Return what changes whenever an input changes."""
        return (*((name, member.fingerprint) for name, member in self.members.items()), *sorted(self.errors))

    @cached_property
    def data_quality(self) -> DataQuality:
        """Return how far to trust the sum; that an exchange has no such market says nothing against it."""
        parts = {name: member.data_quality for name, member in self.members.items()}
        return merged_quality(parts, len(self.members) + self.failed)

    @property
    def failed(self) -> int:
        """Return how many exchanges are missing though they may list the market."""
        return sum(not isinstance(error, UnknownSymbol) for error in self.errors.values())

    @cached_property
    def columns(self) -> int:
        """Return how many columns the sum has: those that any member has, as many as were asked for at most."""
        times = [member.column_times for member in self.members.values()]
        return len(columns_of_any(times, self.reference.wanted))

    @cached_property
    def book(self) -> tuple[Floats, Floats] | None:
        """Return bids and asks of all members together, None if none has a book."""
        books = [member.data.book for member in self.members.values() if member.data.book is not None]
        if not books:
            return None
        return np.concatenate([book.bids for book in books]), np.concatenate([book.asks for book in books])

    def alone(self, name: str) -> "Group":
        """Return the group of one of its members."""
        return Group({name: self.members[name]}, {})

    def ensemble(self, axis: PriceAxis) -> Ensemble:
        """Return the newest column under every member of the ensemble."""
        return summed_ensembles([member.ensemble(axis) for member in while_wanted(self.members.values())])

    def rivals(self, axis: PriceAxis, price: float) -> dict[str, BySide[Floats]]:
        """Return what stands in each bin under each other mix that traders may have and all members allow."""
        parts = [member.rivals(axis, price) for member in while_wanted(self.members.values())]
        names = [name for name in parts[0] if all(name in part for part in parts)]
        return {name: _summed([part[name] for part in parts]) for name in names}

    def confidence(self, agreement: float, reason: str) -> Confidence:
        """Return the confidence that an agreement, 0..1, comes to: of a missing exchange nothing agrees."""
        answered = len(self.members) / (len(self.members) + self.failed)
        return confidence_of(self.data_quality, agreement * answered, reason)

    def envelope(self, now: float, spread: Ensemble | None = None) -> Envelope:
        """Return what every answer says of its inputs; `now` in epoch seconds, `spread` the ensemble if made."""
        envelopes = {name: member.envelope(now) for name, member in self.members.items()}
        shared = columns_of_all([member.column_times for member in self.members.values()])
        columns = self.columns, min(self.columns, len(shared))
        merged = merged_envelope(envelopes, self.errors, self.weights, self.price, self.data_quality, columns)
        if spread is None:
            return merged
        return replace(merged, confidence=self.confidence(spread.agreement, spread.reason))


def _summed(parts: Sequence[BySide[Floats]]) -> BySide[Floats]:
    return parts[0] if len(parts) == 1 else BySide(*(np.sum([part[side] for part in parts], axis=0) for side in Side))


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
