"""The liquidation price of one position, by exchange rule, risk tier and margin mode."""

from math import inf

from service.heatmap.base.errors import BadInput
from service.heatmap.margin.account import Account, Leg
from service.heatmap.margin.equation import Terms
from service.heatmap.margin.exchange_formulas import rule_of
from service.heatmap.margin.position import Liquidation, Outcome, Position, check_position
from service.heatmap.margin.rules import Rule
from service.heatmap.margin.tiers import TierTable, check_tiers, table_for

SAME = 1e-9


def liquidation_price(position: Position, tiers: TierTable, rule: str) -> Liquidation:
    """Return where a position is force-closed, and why there.

    The tier is the one that holds what the tiers' borders are counted in: the value that the rule reckons maintenance
    on, or the position's size. Where that is the value at the liquidation price itself, iterating a guess may oscillate
    between two tiers for ever. Instead the adverse path is walked tier by tier until equity meets what the tier asks.

    Parameters
    ----------
    position : Position
        The position.
    tiers : TierTable
        Risk tiers of the market.
    rule : str
        Liquidation rule, a key of `RULES`.

    Returns
    -------
    Liquidation
        The price with the tier and the amounts there; without one where no price liquidates the position, and where
        its margin would not have opened it.

    Raises
    ------
    BadInput
        Naming the field and its range; also for a position that is liquidatable where it is marked.

    References
    ----------
    The formula and the text of each exchange are in `RULES[rule].formula`, `RULES[rule].source` and `RULES[rule].text`.
    """
    check_position(position)
    check_tiers(tiers)
    return _Reading(position, rule_of(rule), tiers).answer()


class _Reading:
    """One position with its account worked out."""

    def __init__(self, position: Position, rule: Rule, tiers: TierTable) -> None:
        self.position, self.rule = position, rule
        sign = position.side.sign
        terms = Terms(rule, sign, position.size, position.entry, position.taker_fee)
        self.margin = position.margin or float(terms.initial_margin(position.leverage or 1.0))
        value = terms.size * abs(terms.x_entry)
        self.leg = Leg(terms, table_for(tiers, position.leverage or max(1.0, value / self.margin)))
        legs: tuple[Leg, ...] = (self.leg,)
        if position.hedge_size:
            entry = position.hedge_entry or position.entry
            legs += (Leg(Terms(rule, -sign, position.hedge_size, entry, position.taker_fee), self.leg.tiers),)
        saved = 0.0
        if position.leverage is not None and position.mode == "isolated":
            saved = terms.fee_saved(self.margin, position.leverage)
        self.account = Account(legs, self.margin + position.other_pnl, position.other_maintenance - saved)

    def answer(self) -> Liquidation:
        """Return what becomes of the position."""
        if not self._could_be_opened():
            return self._without_price("could_not_be_opened", self._too_little(self.leg.terms.x_entry))
        start = float(self.rule.coordinate(self.position.reference))
        if self.account.equity(start) <= self.account.required(start):
            if self.position.mark is None:
                return self._without_price("could_not_be_opened", self._too_little(start))
            raise self._already_liquidatable(start)
        met = self.account.first_met(start)
        if met is not None:
            return self._liquidated_at(*met)
        self._check_amount_at_ruin()
        return self._without_price(
            "not_liquidatable", "No price liquidates it: its margin covers all that it can lose."
        )

    def _could_be_opened(self) -> bool:
        """Tell whether the margin was more than what had to be kept at the entry.

        A cross wallet may have been fuller when the position was opened, so that only what it is now is asked of it.
        """
        if self.position.mode == "cross" or self.position.mark is None:
            return True
        entry = self.leg.terms.x_entry
        return self.account.equity(entry) > self.account.required(entry)

    def _too_little(self, x: float) -> str:
        """Return the warning of a position that its margin would not open."""
        price = float(self.rule.price(x))
        equity, needed = self.account.equity(x), self.account.required(x)
        change = "raise margin" if self.position.leverage is None else "lower leverage"
        at = f"equity would be {equity:.10g} at {price:.10g}, and must be above {needed:.10g}"
        return f"It could not be opened: {at}; {change}."

    def _already_liquidatable(self, x: float) -> BadInput:
        """Return the error of a position that is liquidatable where it is marked."""
        change = "raise" if self.account.downward(x) else "lower"
        equity, needed = self.account.equity(x), self.account.required(x)
        at = f"equity would be {equity:.10g} at {self.position.reference:.10g}"
        return BadInput("mark", f"{at}, and must be above {needed:.10g}: {change} it")

    def _check_amount(self, x: float, tier: int) -> None:
        """Raise BadInput where less than nothing would have to be kept, so that the bankrupt would hold on."""
        tiers = self.leg.tiers
        asked, amount = float(self.leg.terms.value(x)) * tiers.maintenance_rate[tier], tiers.maintenance_amount[tier]
        if amount > asked * (1 + SAME):
            price = float(self.rule.price(x))
            message = f"{amount:.10g} is more than the {asked:.10g} that it is deducted from at {price:.10g}"
            raise BadInput("maintenance_amount", message)

    def _check_amount_at_ruin(self) -> None:
        ruin = float(self.leg.terms.bankruptcy(self.account.funds))
        if len(self.account.legs) == 1 and 0 < self.rule.price(ruin) < inf:
            self._check_amount(ruin, self.leg.tier(ruin))

    def _warnings(self) -> tuple[str, ...]:
        """Return what the caller should know of a position that the tiers would not let anyone open."""
        leverage, tiers, terms = self.position.leverage, self.leg.tiers, self.leg.terms
        counted = self.leg.counted(terms.x_entry)
        allowed, cap = float(tiers.max_leverage[self.leg.tier(terms.x_entry)]), tiers.cap
        what = "notional" if tiers.counted_in == "quote" else "size in coin"
        said = []
        if leverage is not None and leverage > allowed:
            said.append(f"leverage {leverage:g} is above the {allowed:g} that a {what} of {counted:.10g} allows")
        if counted > cap:
            said.append(f"a {what} of {counted:.10g} is beyond the last risk tier, which ends at {cap:.10g}")
        return tuple(said)

    def _without_price(self, outcome: Outcome, warning: str) -> Liquidation:
        """Return a Liquidation without a price, and so without a tier."""
        return Liquidation(
            outcome=outcome,
            price=None,
            bankruptcy_price=self._ruin(),
            distance_pct=None,
            notional=None,
            tier_notional=None,
            tier=None,
            maintenance_rate=None,
            maintenance_amount=None,
            equity=None,
            required=None,
            margin=self.margin,
            at_tier_border=False,
            rule=self.rule.id,
            formula=self.rule.formula,
            source=self.rule.source,
            warnings=(*self._warnings(), warning),
        )

    def _liquidated_at(self, x: float, tiers_at: float) -> Liquidation:
        """Return the Liquidation at a coordinate, in the tiers that hold at another one beside it."""
        position, terms, tiers, tier = self.position, self.leg.terms, self.leg.tiers, self.leg.tier(tiers_at)
        self._check_amount(x, tier)
        price = float(self.rule.price(x))
        equity, needed = self.account.equity(x), self.account.required(x, tiers_at)
        against = 1 if self.account.downward(float(self.rule.coordinate(position.reference))) else -1
        return Liquidation(
            outcome="liquidated_at",
            price=price,
            bankruptcy_price=self._ruin(),
            distance_pct=100 * against * (1 - price / position.reference),
            notional=position.size * (1 if self.rule.inverse else price),
            tier_notional=position.size if self.rule.inverse else float(terms.value(x)),
            tier=tier,
            maintenance_rate=float(tiers.maintenance_rate[tier]),
            maintenance_amount=float(tiers.maintenance_amount[tier]),
            equity=equity,
            required=needed,
            margin=self.margin,
            at_tier_border=abs(equity - needed) > SAME * max(abs(needed), self.margin),
            rule=self.rule.id,
            formula=self.rule.formula,
            source=self.rule.source,
            warnings=self._warnings(),
        )

    def _ruin(self) -> float | None:
        """Return the price at which the margin is gone; None where there is none, or two legs share it."""
        ruin = float(self.rule.price(self.leg.terms.bankruptcy(self.account.funds)))
        return ruin if len(self.account.legs) == 1 and 0 < ruin < inf else None
