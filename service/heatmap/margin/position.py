"""One position, and what its liquidation came to."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal, TypeAlias

from service.heatmap.base.errors import BadInput
from service.heatmap.base.side import Side
from service.heatmap.margin.equation import check_fee

MAX_LEVERAGE = 1000.0
# What became of a position: a price closes it, none does, or its margin would not have been enough to open it.
Outcome: TypeAlias = Literal["liquidated_at", "not_liquidatable", "could_not_be_opened"]


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
    hedge_size : float
        Cross mode only: size of a position on the other side of the same market, which shares the wallet.
    hedge_entry : float, optional
        Entry price of that position; that of this one where not given.
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
    hedge_size: float = 0.0
    hedge_entry: float | None = None

    @property
    def reference(self) -> float:
        """Return the price from which the move starts."""
        return self.mark or self.entry


@dataclass(frozen=True)
class Liquidation:
    """Where a position is force-closed, and why there.

    outcome             whether there is a price at all
    price               quote currency; None where no price liquidates it, and where it could not be opened
    bankruptcy_price    where the margin is gone; None where no price takes it all
    distance_pct        move against the position, % of the mark (or entry); None with price
    notional            value at the liquidation price, USD
    tier_notional       USD that the rule reckons maintenance on: value at the liquidation price or at the entry
    tier                row of the tier table, 0 the lowest; None with price, as are its rate and amount
    maintenance_rate    fraction of notional
    maintenance_amount  deducted; quote currency, coin for inverse contracts
    equity, required    at that price, quote currency or coin: margin left, and what must be kept (other positions' part
                        and the closing fee included where the rule counts them)
    at_tier_border      the tier border itself liquidates: the schedule jumps there, so that equity is above what the
                        one tier asks, below what the next does, and equals neither
    """

    outcome: Outcome
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


def check_position(position: Position) -> None:
    """Raise BadInput naming the first field out of range."""
    for name in ("entry", "size", "mark", "margin", "hedge_entry"):
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
    for name in ("other_maintenance", "hedge_size"):
        value = getattr(position, name)
        if not (isfinite(value) and value >= 0):
            raise BadInput(name, f"must be at least 0 and finite, not {value}")
    if not isfinite(position.other_pnl):
        raise BadInput("other_pnl", f"must be finite, not {position.other_pnl}")
    for name in ("other_maintenance", "other_pnl", "hedge_size"):
        if position.mode == "isolated" and getattr(position, name):
            raise BadInput(name, "must be 0 in isolated mode: only cross margin shares a wallet")
