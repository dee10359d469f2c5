"""A group: one market on one exchange or on several, each with its own map, on one price axis."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from service.analysis.envelope import Envelope
from service.analysis.estimate import Estimate
from service.analysis.merged_envelope import merged_envelope
from service.analysis.parallel import Failure
from service.heatmap import PriceAxis
from service.heatmap.base import Floats
from service.heatmap.inventory import Confidence, Ensemble, merged_confidence, summed_ensembles, with_agreement
from service.heatmap.profile import columns_of_all, columns_of_any
from service.market.contract import UnknownSymbol, Unsupported


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
    def confidence(self) -> Confidence:
        """Return how far to trust the sum; that an exchange has no such market says nothing against it."""
        parts = {name: member.confidence for name, member in self.members.items()}
        return merged_confidence(parts, len(self.members) + self.failed)

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
        return summed_ensembles([member.ensemble(axis) for member in self.members.values()])

    def envelope(self, now: float, spread: Ensemble | None = None) -> Envelope:
        """Return what every answer says of its inputs; `now` in epoch seconds, `spread` the ensemble if made."""
        agreement = None if spread is None else spread.agreement
        envelopes = {name: member.envelope(now, agreement) for name, member in self.members.items()}
        confidence = self.confidence
        if agreement is not None:
            answered = len(self.members) / (len(self.members) + self.failed)
            confidence = with_agreement(confidence, agreement * answered)
        shared = columns_of_all([member.column_times for member in self.members.values()])
        columns = self.columns, min(self.columns, len(shared))
        return merged_envelope(envelopes, self.errors, self.weights, self.price, confidence, columns)


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
