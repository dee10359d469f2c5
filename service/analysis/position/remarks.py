"""What a liquidation price leaves unused of the question, and what the caller should know of its terms."""

from service.analysis.position.request import LiquidationPriceRequest
from service.analysis.position.terms import PositionTerms
from service.heatmap.margin import Terms as LegTerms
from service.heatmap.margin import nearest_leverage
from service.market.contract import DERIVED_NOTE, Market, delisting_notes
from service.market.feed import FoundTiers
from service.times import DAY_MS, to_the_minute

# By so much a margin may differ from value / leverage before the two are said to contradict each other.
SAME_MARGIN = 0.005


def unused(request: LiquidationPriceRequest, terms: PositionTerms) -> list[str]:
    """Return a sentence for each figure of the question that moves nothing, or not what it seems to."""
    rule, said = terms.rule, []
    if request.taker_fee and not rule.uses_fee:
        said.append(f"taker_fee moves nothing: {rule.id} keeps no closing fee.")
    if request.taker_fee and rule.fee_on_extra and not _adds_margin(request, terms):
        said.append(f"taker_fee moves nothing: {rule.id} counts it on margin beyond value / leverage alone.")
    if request.maintenance_amount and not rule.progressive:
        said.append(f"{rule.id} applies its rate to the whole position: maintenance_amount is deducted all the same.")
    if request.symbol is not None and request.exchange is None:
        said.append("symbol moves nothing: it names a market of an exchange, and none is given.")
    if request.leverage is not None and request.margin is not None:
        said += _two_margins(request, terms)
    return said


def of_the_terms(request: LiquidationPriceRequest, terms: PositionTerms, now: int) -> list[str]:
    """Return what is not sure of the rule and the tiers."""
    rule, said = terms.rule, [terms.rule.unconfirmed] if terms.rule.unconfirmed else []
    if request.margin_mode == "cross" and not rule.cross:
        said.append(f"The text of {rule.id} that was found speaks of isolated margin alone.")
    if terms.exchange is not None and terms.market is not None:
        said += delisting_notes(terms.exchange, terms.market)
        if terms.found is not None:
            said += _of_the_tiers(request, terms, terms.market, terms.found, now)
    return said


def _of_the_tiers(
    request: LiquidationPriceRequest, terms: PositionTerms, market: Market, found: FoundTiers, now: int
) -> list[str]:
    said = [found.tiers.note] if found.tiers.note else []
    if found.tiers.source == "derived":
        said.append(DERIVED_NOTE)
    if found.lack:
        since = f", those of {to_the_minute(found.tiers.read_at)} stand in" if found.tiers.read_at else ""
        said.append(f"Risk tiers of {market.symbol} could not be read{since}: {found.lack}.")
    if request.as_of is not None and now - request.as_of > DAY_MS:
        said.append("Risk tiers are today's: what they were at as_of is not published.")
    offered = [leverage for leverage, _ in terms.tiers.by_leverage]
    if offered and request.leverage is not None and request.leverage not in offered:
        nearest = nearest_leverage(offered, request.leverage)
        said.append(
            f"No ladder is published for a leverage of {request.leverage:g}: the factor of {nearest:g} is taken."
        )
    return said


def _adds_margin(request: LiquidationPriceRequest, terms: PositionTerms) -> bool:
    if request.leverage is None or request.margin is None or request.margin_mode == "cross":
        return False
    return abs(request.margin - _opening(request, terms)) > SAME_MARGIN * _opening(request, terms)


def _opening(request: LiquidationPriceRequest, terms: PositionTerms) -> float:
    """Return the margin that leverage makes."""
    leg = LegTerms(terms.rule, request.side.sign, request.size, request.entry, terms.fee)
    return float(leg.initial_margin(request.leverage or 1.0))


def _two_margins(request: LiquidationPriceRequest, terms: PositionTerms) -> list[str]:
    """Return what becomes of a leverage beside a margin."""
    if terms.tiers.by_leverage:
        return []
    if request.margin_mode == "cross":
        return ["leverage moves nothing in cross mode: it is held against the tiers alone."]
    if not _adds_margin(request, terms) or terms.rule.fee_on_extra:
        return []
    opening = _opening(request, terms)
    return [f"margin is not the {opening:.10g} that leverage makes: margin counts, leverage is held against the tiers."]
