"""The other leg of a hedge: a position on the other side of the same market, in the same wallet.

Its profit and its maintenance move with the price as the first one's do, so that the account has one liquidation price.
"""

from dataclasses import replace

from service.analysis.position.request import LiquidationPriceRequest
from service.analysis.position.terms import PositionTerms
from service.heatmap import BadInput, Position, Side
from service.heatmap.margin import Leg
from service.heatmap.margin import Terms as LegTerms

# What the rounding of a caller's own figures leaves over is no maintenance of further positions.
ROUNDING = 1e-3


def with_other_leg(
    position: Position, request: LiquidationPriceRequest, terms: PositionTerms
) -> tuple[Position, list[str]]:
    """Return the position with the other leg of its hedge if it has one, and what to say of how that was found."""
    size, said = request.other_size, []
    if size is None and _at_a_mark(request, terms):
        size, sentence = _inferred(position, request, inverse=terms.rule.inverse)
        said.append(sentence)
    if not size:
        return position, said
    if not terms.rule.hedged:
        said.append(f"The text of {terms.rule.id} gives no price for two legs: the maintenance of both is summed.")
    if request.other_entry is not None:
        return replace(position, hedge_size=size, hedge_entry=request.other_entry), said
    if request.mark is None:
        raise BadInput("mark", "Is needed beside other_size, for other_pnl holds there", "or give other_entry")
    entry = _entry_that_made(request.other_pnl, size, request.mark, position.side, inverse=terms.rule.inverse)
    own = _maintenance(size, request.mark, terms)
    rest = request.other_maintenance - own
    if request.other_maintenance and rest < -ROUNDING * own:
        said.append(
            f"other_maintenance is less than the {own:.10g} that a leg of {size:.10g} must keep: it is not used."
        )
    kept = rest if rest > ROUNDING * own else 0.0
    return replace(position, hedge_size=size, hedge_entry=entry, other_pnl=0.0, other_maintenance=kept), said


def _at_a_mark(request: LiquidationPriceRequest, terms: PositionTerms) -> bool:
    """Tell whether the other positions' figures are given as they stand at a mark, where a hedge shares the wallet."""
    cross = request.margin_mode == "cross" and terms.rule.hedged
    return cross and request.mark is not None and request.other_maintenance > 0


def _inferred(position: Position, request: LiquidationPriceRequest, *, inverse: bool) -> tuple[float | None, str]:
    """Return the size of the leg that the others' maintenance is of, and what to say of it.

    A rate of the caller's own without an amount holds for a leg of any size, so that its maintenance tells its size.
    None where tiers or an amount would have to be known of it.
    """
    mark, rate = request.mark or request.entry, request.maintenance_rate
    if not rate or request.maintenance_amount:
        return None, (
            "other_maintenance and other_pnl are taken to stand still while the price moves: give other_size where "
            "they are of the other leg of a hedge in this market, 0 where they are of other markets."
        )
    value = request.other_maintenance / rate
    size = value * mark if inverse else value / mark
    side = Side.SHORT if position.side is Side.LONG else Side.LONG
    return size, (
        "other_maintenance and other_pnl at a mark are taken for the other leg of a hedge in this market, "
        f"a {side} of {size:.10g}: give other_size, 0 where they are of other markets."
    )


def _maintenance(size: float, mark: float, terms: PositionTerms) -> float:
    """Return what a leg must keep at a mark, in the currency of the margin."""
    leg = Leg(LegTerms(terms.rule, 1, size, mark, terms.fee), terms.tiers)
    x = leg.terms.x_entry
    a, b = leg.required(leg.tier(x))
    return a + b * x


def _entry_that_made(pnl: float, size: float, mark: float, side: Side, *, inverse: bool) -> float:
    """Return the entry of the leg on the other side of `side` that has made `pnl` at a mark."""
    against = -side.sign * pnl / size
    entry = mark - against if not inverse else 1 / max(1 / mark + against, 1e-300)
    if not 0 < entry < 1e200:  # noqa: PLR2004 - what stands for no price at all
        raise BadInput("other_pnl", f"no position of {size:.10g} can have made {pnl:.10g} at {mark:.10g}")
    return entry
