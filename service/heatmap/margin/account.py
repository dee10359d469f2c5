"""One account at one mark: its legs, what it is worth, what it must keep, and where the two first meet.

Both are straight lines in the coordinate between the prices at which a leg's tier changes. Iterating a guess of the
tier may oscillate between two for ever: instead the adverse path is walked from one such price to the next.
"""

from dataclasses import dataclass
from math import copysign, inf, isfinite

from service.heatmap.margin.equation import Terms
from service.heatmap.margin.tiers import TierTable, tier_index


@dataclass(frozen=True, eq=False)
class Leg:
    """One position of the account with the tiers that hold for it."""

    terms: Terms
    tiers: TierTable

    @property
    def _is_size(self) -> bool:
        """Tell whether tiers are counted in the contract's own size, which no price changes."""
        return (self.tiers.counted_in == "quote") == self.terms.rule.inverse

    def counted(self, x: float) -> float:
        """Return what the tier is looked up at once the mark is at a coordinate."""
        return self.terms.size if self._is_size else float(self.terms.value(x))

    def tier(self, x: float) -> int:
        """Return the tier that the leg is in once the mark is at a coordinate."""
        return tier_index(self.tiers, self.counted(x))

    def borders(self) -> list[float]:
        """Return the coordinates at which the tier changes: none where it does not move with the mark."""
        if self._is_size or self.terms.rule.valued_at == "entry":
            return []
        away = self.tiers.floor[1:] / self.terms.size
        return [float(x) for x in (-away if self.terms.rule.inverse else away)]

    def required(self, tier: int) -> tuple[float, float]:
        """Return (a, b): a + b x must be kept for the leg in a tier."""
        rate, amount = self.tiers.maintenance_rate[tier], self.tiers.maintenance_amount[tier]
        a, b = self.terms.required(float(rate), float(amount))
        return float(a), float(b)


@dataclass(frozen=True, eq=False)
class Account:
    """A wallet with one leg, or with both legs of a hedge: the first is the one that is asked about.

    funds  margin or wallet balance and the fixed profit of other positions, in the margin's currency
    kept   what must be kept for other positions, less the closing fee that added margin saves
    """

    legs: tuple[Leg, ...]
    funds: float
    kept: float

    def equity(self, x: float) -> float:
        """Return the equity at a coordinate."""
        return self.funds + sum(float(leg.terms.profit(x)) for leg in self.legs)

    def required(self, x: float, tiers_at: float | None = None) -> float:
        """Return what must be kept at a coordinate, in the tiers that hold there or at another one."""
        at = x if tiers_at is None else tiers_at
        lines = [leg.required(leg.tier(at)) for leg in self.legs]
        return self.kept + sum(a + b * x for a, b in lines)

    def free(self, tiers_at: float) -> tuple[float, float]:
        """Return (c, k): equity less what must be kept is c + k x in the tiers that hold at a coordinate."""
        c, k = self.funds - self.kept, 0.0
        for leg in self.legs:
            a, b = leg.required(leg.tier(tiers_at))
            exposure = leg.terms.sign * leg.terms.size
            c, k = c - a - exposure * leg.terms.x_entry, k + exposure - b
        return c, k

    def downward(self, x: float) -> bool:
        """Tell whether a falling price is what hurts the account at a coordinate."""
        return self.free(x)[1] > 0

    def first_met(self, start: float) -> tuple[float, float] | None:
        """Return the first coordinate, from `start` on, at which equity is no more than what must be kept.

        With it comes a coordinate whose tiers hold there. None if no price is that bad. The account must hold more
        than it must keep at `start`.
        """
        down, at = self.downward(start), start
        for stop in self._stops(start, down=down):
            inside = _between(at, stop)
            c, k = self.free(inside)
            if c + k * at <= 0:
                return at, inside
            met = -c / k if k else inf
            if (stop < met < at) if down else (at < met < stop):
                return met, inside
            at = stop
        return None

    def _stops(self, start: float, *, down: bool) -> list[float]:
        """Return where the path from `start` changes tier, and its end: where the price is 0 or beyond all prices."""
        inverse = self.legs[0].terms.rule.inverse
        if down:
            end = -inf if inverse else 0.0
            passed = {x for leg in self.legs for x in leg.borders() if end < x < start}
            return [*sorted(passed, reverse=True), end]
        end = 0.0 if inverse else inf
        passed = {x for leg in self.legs for x in leg.borders() if start < x < end}
        return [*sorted(passed), end]


def _between(start: float, stop: float) -> float:
    """Return a coordinate between the two, the second of which may be infinite."""
    return (start + stop) / 2 if isfinite(stop) else start + copysign(start, stop)
