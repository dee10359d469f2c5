"""The liquidation price of one position, by exchange rule, risk tier and margin mode."""

from dataclasses import dataclass
from math import inf, isfinite
from typing import Literal

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.errors import BadInput
from service.heatmap.base.side import Side
from service.heatmap.margin.equation import Terms, check_fee
from service.heatmap.margin.rules import rule_of
from service.heatmap.margin.tiers import TierTable, check_tiers, tier_index

MAX_LEVERAGE = 1000.0
SAME = 1e-9


@dataclass(frozen=True)
class Position:
    """One position. Amounts of money are in quote currency, in coin for inverse contracts.

    Attributes
    ----------
    side : Side
        Long or short.
    entry : float
        Entry price.
    size : float
        Base coin; USD for inverse contracts.
    leverage : float, optional
        1 to 1000. The margin is value / leverage where `margin` is not given.
    margin : float, optional
        The isolated margin, or in cross mode the wallet balance.
    mode : {"isolated", "cross"}
        Margin mode.
    other_maintenance : float
        Cross mode only: maintenance margin of all other positions (TMM).
    other_pnl : float
        Cross mode only: unrealised profit of all other positions (UPNL).
    taker_fee : float
        Fee of the forced close, as a fraction of notional.
    mark : float, optional
        The price now, from which distance is reckoned; the entry where not given.
    """

    side: Side
    entry: float
    size: float
    leverage: float | None = None
    margin: float | None = None
    mode: Literal["isolated", "cross"] = "isolated"
    other_maintenance: float = 0.0
    other_pnl: float = 0.0
    taker_fee: float = 0.0
    mark: float | None = None


@dataclass(frozen=True)
class Liquidation:
    """Where a position is force-closed, and why there.

    price               quote currency; None where no price liquidates it
    bankruptcy_price    where the margin is gone; None where no price takes it all
    distance_pct        move against the position, % of the mark (or entry); None with price
    notional            value at the liquidation price, USD
    tier_notional       value that the rule reckons maintenance on, USD, and that the tier was looked up at: at the
                        liquidation price, the entry or the bankruptcy price
    tier                row of the tier table, 0 the lowest; None with price, as are its rate and amount
    maintenance_rate    fraction of notional
    maintenance_amount  quote currency, deducted
    equity, required    at that price, quote currency or coin: margin left, and what must be kept (other positions' part
                        and the closing fee included where the rule counts them)
    at_tier_border      the tier border itself liquidates: the schedule jumps there, so that equity is above what the
                        one tier asks, below what the next does, and equals neither
    """

    price: float | None
    bankruptcy_price: float | None
    distance_pct: float | None
    notional: float | None
    tier_notional: float | None
    tier: int | None
    maintenance_rate: float | None
    maintenance_amount: float | None
    equity: float | None
    required: float | None
    margin: float
    at_tier_border: bool
    rule: str
    formula: str
    source: str
    warnings: tuple[str, ...] = ()


def liquidation_price(position: Position, tiers: TierTable, rule: str) -> Liquidation:
    """Return where a position is force-closed, and why there.

    The tier is the one that holds the value which the rule reckons maintenance on. Where that is the value at the
    liquidation price itself, iterating a guess may oscillate between two tiers for ever. Instead the adverse path is
    walked tier by tier until equity meets what the tier asks.

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
        The price, or None where no price liquidates the position, with the tier and the amounts there.

    Raises
    ------
    BadInput
        Naming the field and its range; also for a position that is liquidatable where it stands.

    References
    ----------
    The formula and the text of each exchange are in `RULES[rule].formula` and `RULES[rule].source`.
    """
    _check(position)
    check_tiers(tiers)
    account = _Account(position, rule, tiers)
    met = account.first_met()
    return account.not_liquidatable() if met is None else account.liquidated_at(*met)


class _Account:
    """One position with its rule's equation worked out for every tier."""

    def __init__(self, position: Position, rule: str, tiers: TierTable) -> None:
        self.position, self.tiers = position, tiers
        terms = Terms(rule_of(rule), position.side.sign, position.size, position.entry, position.taker_fee)
        self.terms, self.sign, self.inverse = terms, terms.sign, terms.rule.inverse
        self.margin = position.margin or float(terms.initial_margin(position.leverage or 1.0))
        self.funds = self.margin + position.other_pnl
        free = self.funds - position.other_maintenance
        a, b = terms.required(self.funds, tiers.maintenance_rate, tiers.maintenance_amount)
        self.a, self.b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
        self.meeting: Floats = np.asarray(terms.meeting_point(free, self.a, self.b), dtype=np.float64)

    def path(self) -> list[tuple[int, float]]:
        """Return the (tier, coordinate where it ends) that an adverse move runs through from the mark."""
        q, floor = self.position.size, self.tiers.floor
        fixed = self.terms.fixed_value(self.funds)
        if fixed is not None:
            return [(tier_index(self.tiers, fixed), 0.0 if self.inverse == (self.sign < 0) else -self.sign * inf)]
        edges = np.append(floor, inf) / q
        start = tier_index(self.tiers, q * self.reference)
        if self.sign > 0:
            return [(tier, float(edges[tier])) for tier in range(start, -1, -1)]
        return [(tier, float(edges[tier + 1])) for tier in range(start, len(floor))]

    @property
    def reference(self) -> float:
        """Return the price from which the move starts."""
        return self.position.mark or self.position.entry

    def first_met(self) -> tuple[float, int] | None:
        """Return the coordinate and tier at which equity first meets the requirement; None if it never does."""
        x, start = float(self.terms.rule.coordinate(self.reference)), True
        for tier, end in self.path():
            if self.sign * self.meeting[tier] >= self.sign * x:
                if start:
                    raise self.already_liquidatable(x, tier)
                return x, tier
            if self.sign * self.meeting[tier] > self.sign * end:
                return float(self.meeting[tier]), tier
            x, start = end, False
        return None

    def tier_value(self, x: float) -> float:
        """Return the USD on which maintenance is reckoned once the mark is at a coordinate."""
        fixed = self.terms.fixed_value(self.funds)
        return self.position.size * x if fixed is None else fixed

    def equity(self, x: float) -> float:
        """Return the account's equity at a coordinate."""
        return self.funds + float(self.terms.profit(x))

    def needed(self, x: float, tier: int) -> float:
        """Return what the account must keep at a coordinate, other positions' part included."""
        return float(self.a[tier] + self.b[tier] * x) + self.position.other_maintenance

    def already_liquidatable(self, x: float, tier: int) -> BadInput:
        """Return the error of a position that is liquidatable where it stands, naming the field to change."""
        field, change = ("leverage", "lower") if self.position.margin is None else ("margin", "raise")
        entry = self.terms.x_entry
        if self.position.mark and self.equity(entry) > self.needed(
            entry, tier_index(self.tiers, self.tier_value(entry))
        ):
            field, change = "mark", "lower" if self.sign < 0 else "raise"
        equity = f"equity would be {self.equity(x):.10g} at {self.reference:.10g}"
        return BadInput(field, f"{equity}, and must be above {self.needed(x, tier):.10g}: {change} it")

    def check_amount(self, x: float, tier: int) -> None:
        """Raise BadInput where less than nothing would have to be kept, so that the bankrupt would hold on."""
        asked, amount = self.tier_value(x) * self.tiers.maintenance_rate[tier], self.tiers.maintenance_amount[tier]
        if amount > asked * (1 + SAME):
            price = float(self.terms.rule.price(x))
            message = f"{amount:.10g} is more than the {asked:.10g} that it is deducted from at {price:.10g}"
            raise BadInput("maintenance_amount", message)

    def warnings(self) -> tuple[str, ...]:
        """Return what the caller should know of a position that the tiers would not let anyone open."""
        leverage = self.position.leverage
        value = self.position.size * (1 if self.inverse else self.position.entry)
        allowed, cap = float(self.tiers.max_leverage[tier_index(self.tiers, value)]), self.tiers.cap
        said = []
        if leverage is not None and leverage > allowed:
            said.append(f"leverage {leverage:g} is above the {allowed:g} that a notional of {value:.10g} allows")
        if value > cap:
            said.append(f"a notional of {value:.10g} is beyond the last risk tier, which ends at {cap:.10g}")
        return tuple(said)

    def answer(self, tier: int | None, x: float | None, *, border: bool) -> Liquidation:
        """Return the Liquidation at coordinate x in a tier, or that there is none."""
        position, rule = self.position, self.terms.rule
        price = None if x is None else float(rule.price(x))
        bankruptcy = float(rule.price(self.terms.bankruptcy(self.funds)))
        return Liquidation(
            price=price,
            bankruptcy_price=bankruptcy if 0 < bankruptcy < inf else None,
            distance_pct=None if price is None else 100 * self.sign * (1 - price / self.reference),
            notional=None if price is None else position.size * (1 if rule.inverse else price),
            tier_notional=None if x is None else self.tier_value(x),
            tier=tier,
            maintenance_rate=None if tier is None else float(self.tiers.maintenance_rate[tier]),
            maintenance_amount=None if tier is None else float(self.tiers.maintenance_amount[tier]),
            equity=None if x is None else self.equity(x),
            required=None if x is None or tier is None else self.needed(x, tier),
            margin=self.margin,
            at_tier_border=border,
            rule=rule.id,
            formula=rule.formula,
            source=rule.source,
            warnings=self.warnings(),
        )

    def liquidated_at(self, x: float, tier: int) -> Liquidation:
        """Return the Liquidation where equity meets the requirement of `tier`."""
        self.check_amount(x, tier)
        needed = self.needed(x, tier)
        return self.answer(tier, x, border=abs(self.equity(x) - needed) > SAME * max(abs(needed), self.margin))

    def not_liquidatable(self) -> Liquidation:
        """Return a Liquidation without a price, and so without a tier."""
        bankruptcy = float(self.terms.bankruptcy(self.funds))
        if 0 < self.terms.rule.price(bankruptcy) < inf:  # equity is gone there: only less than nothing can be asked
            self.check_amount(bankruptcy, self.path()[-1][0])
        return self.answer(None, None, border=False)


def _check(position: Position) -> None:
    """Raise BadInput naming the first field out of range."""
    for name in ("entry", "size", "mark", "margin"):
        value = getattr(position, name)
        if value is not None and not (isfinite(value) and value > 0):
            raise BadInput(name, f"must be above 0 and finite, not {value}")
    if position.mode not in ("isolated", "cross"):
        raise BadInput("margin_mode", f"must be isolated or cross, not {position.mode!r}")
    if position.leverage is not None and not 1 <= position.leverage <= MAX_LEVERAGE:
        raise BadInput("leverage", f"must be 1 to {MAX_LEVERAGE:g}, not {position.leverage}")
    if position.margin is None and (position.leverage is None or position.mode == "cross"):
        raise BadInput("margin", "must be given in cross mode (the wallet balance), and where leverage is not")
    check_fee(position.taker_fee)
    _check_others(position)


def _check_others(position: Position) -> None:
    """Raise BadInput unless the other positions' figures are finite, and only given in cross mode."""
    if not (isfinite(position.other_maintenance) and position.other_maintenance >= 0):
        raise BadInput("other_maintenance", f"must be at least 0 and finite, not {position.other_maintenance}")
    if not isfinite(position.other_pnl):
        raise BadInput("other_pnl", f"must be finite, not {position.other_pnl}")
    if position.mode == "isolated" and (position.other_maintenance or position.other_pnl):
        field = "other_maintenance" if position.other_maintenance else "other_pnl"
        raise BadInput(field, "must be 0 in isolated mode: only cross margin shares a wallet")
