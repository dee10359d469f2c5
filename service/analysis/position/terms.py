"""The terms that a position is liquidated by: whose rule, which tiers and which fee."""

from dataclasses import dataclass

from service.analysis.position.request import LiquidationPriceRequest
from service.heatmap import BadInput
from service.heatmap.margin import RULES, MarginTiers, Rule, flat_tiers, on_the_whole, rule_in_force, rule_of
from service.market.contract import Exchange, Market, Tiers, liquidation_rule
from service.market.feed import FoundTiers, MarketFeed
from service.times import rfc3339

DEFAULT_SYMBOL = "BTC"


@dataclass(frozen=True, eq=False)
class PositionTerms:
    """The rule, tiers and fee that a request names, its own figures standing above the exchange's.

    tiers   as the rule applies them
    found   the exchange's tiers as they were read; None where the caller gave a rate
    """

    rule: Rule
    tiers: MarginTiers
    fee: float
    market: Market | None = None
    exchange: Exchange | None = None
    found: FoundTiers | None = None


def terms_of(feed: MarketFeed, request: LiquidationPriceRequest, now: int) -> PositionTerms:
    """Return the terms of a position; `now` is epoch ms.

    Raises BadInput for what the rule cannot take, MarketError where the exchange's listing cannot be had.
    """
    moment = now if request.as_of is None else request.as_of
    if moment > now:
        raise BadInput("as_of", "Is in the future", f"up to {rfc3339(now)}")
    own, fee = _own_tiers(request), request.taker_fee
    if request.exchange is None:
        if request.rule is None:
            raise BadInput("rule", "Is needed where no exchange is given", ", ".join(sorted(RULES)))
        if own is None:
            raise BadInput("maintenance_rate", "Is needed where no exchange is given", "0 to 0.9")
        return PositionTerms(rule_of(rule_in_force(request.rule, moment)), own, fee or 0.0)
    exchange = feed.exchange(request.exchange)
    market = feed.market(request.exchange, request.symbol or DEFAULT_SYMBOL)
    named = request.rule or liquidation_rule(exchange, market)
    _check_unit(named, market)
    rule = rule_of(rule_in_force(named, moment))
    fee = market.taker_fee if fee is None else fee
    if own is not None:
        return PositionTerms(rule, own, fee, market, exchange)
    found = feed.tiers(request.exchange, market)
    return PositionTerms(rule, _applied(found.tiers, rule), fee, market, exchange, found)


def _check_unit(rule: str, market: Market) -> None:
    if rule_of(rule).inverse != market.inverse:
        kind = "coin-margined" if market.inverse else "linear"
        allowed = f"a rule {'' if market.inverse else 'not '}ending in -inverse"
        raise BadInput("rule", f"{market.symbol} is {kind}: its size is of another unit", allowed)


def _own_tiers(request: LiquidationPriceRequest) -> MarginTiers | None:
    if request.maintenance_rate is None:
        if request.maintenance_amount is not None:
            raise BadInput("maintenance_amount", "Goes with maintenance_rate", "both or neither")
        return None
    return flat_tiers(request.maintenance_rate, request.maintenance_amount or 0.0)


def _applied(listed: Tiers, rule: Rule) -> MarginTiers:
    """Return an exchange's tiers as the rule applies them: in the unit they are counted in, to a part or to all."""
    counted = listed.as_counted(inverse=rule.inverse)
    return counted if rule.progressive else on_the_whole(counted)
