"""The calculator: the liquidation price of one position, by exchange rule, tier and margin mode."""

from dataclasses import dataclass
from typing import Literal

from service.analysis.prepared import Prepared
from service.analysis.services import Services
from service.heatmap import BadInput, Position, Side, TierTable, liquidation_price
from service.heatmap.margin import RULES, Liquidation, flat_tiers
from service.market.contract import Market, liquidation_rule

# Tiers are read again after this long, and nothing else in the answer changes with time.
FRESH_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True)
class LiquidationPriceRequest:
    """One position and its terms: the caller's own figures stand above the exchange's; units as Position has them."""

    exchange: str | None
    symbol: str
    rule: str | None
    side: Side
    entry: float
    size: float
    leverage: float | None
    margin: float | None
    margin_mode: Literal["isolated", "cross"]
    other_maintenance: float
    other_pnl: float
    mark: float | None
    maintenance_rate: float | None
    maintenance_amount: float | None
    taker_fee: float | None


@dataclass(frozen=True, eq=False)
class Terms:
    """The rule, tiers and fee that a position is liquidated by.

    exchange, symbol  None where the caller names no exchange
    read_at           when the exchange's tiers were read, epoch ms; None where the tiers are the caller's
    """

    rule: str
    tiers: TierTable
    taker_fee: float
    tiers_source: str
    exchange: str | None = None
    symbol: str | None = None
    simulated: bool = False
    read_at: int | None = None


@dataclass(frozen=True, eq=False)
class LiquidationPriceResult:
    """The liquidation and the terms that it follows from; `now` in epoch seconds."""

    liquidation: Liquidation
    terms: Terms
    now: float


def prepare_liquidation_price(services: Services, request: LiquidationPriceRequest) -> Prepared[LiquidationPriceResult]:
    """Work out the liquidation, which takes no time; raises MarketError, or BadInput for what no formula can take."""
    terms = _terms(services, request)
    liquidation = _liquidation(request, terms)
    return Prepared(
        (liquidation, terms.exchange, terms.symbol, terms.tiers_source, terms.read_at),
        FRESH_SECONDS,
        lambda: LiquidationPriceResult(liquidation, terms, services.clock()),
    )


def _terms(services: Services, request: LiquidationPriceRequest) -> Terms:
    tiers = _own_tiers(request)
    if request.exchange is not None:
        return _terms_on(services, request.exchange, request, tiers)
    if request.rule is None:
        raise BadInput("rule", "Is needed where no exchange is given", ", ".join(sorted(RULES)))
    if tiers is None:
        raise BadInput("maintenance_rate", "Is needed where no exchange is given", "0 to 0.9")
    return Terms(request.rule, tiers, request.taker_fee or 0.0, "caller")


def _terms_on(services: Services, name: str, request: LiquidationPriceRequest, own: TierTable | None) -> Terms:
    exchange, market = services.feed.exchange(name), services.feed.market(name, request.symbol)
    rule = request.rule or liquidation_rule(exchange, market)
    _check_kind(rule, market)
    fee = market.taker_fee if request.taker_fee is None else request.taker_fee
    place = exchange.id, market.symbol, exchange.simulated
    if own is not None:
        return Terms(rule, own, fee, "caller", *place)
    tiers = services.feed.tiers(name, market.symbol)
    return Terms(rule, tiers, fee, tiers.source, *place, tiers.read_at)


def _check_kind(rule: str, market: Market) -> None:
    """Raise BadInput where the rule is of coin-margined contracts and the market is not, or the other way round."""
    if RULES[rule].inverse != market.inverse:
        kind = "coin-margined" if market.inverse else "linear"
        allowed = f"a rule {'' if market.inverse else 'not '}ending in -inverse"
        raise BadInput("rule", f"{market.symbol} is {kind}: its size is of another unit", allowed)


def _own_tiers(request: LiquidationPriceRequest) -> TierTable | None:
    if request.maintenance_rate is None:
        if request.maintenance_amount is not None:
            raise BadInput("maintenance_amount", "Goes with maintenance_rate", "both or neither")
        return None
    return flat_tiers(request.maintenance_rate, request.maintenance_amount or 0.0)


def _liquidation(request: LiquidationPriceRequest, terms: Terms) -> Liquidation:
    for name, value in (("other_maintenance", request.other_maintenance), ("other_pnl", request.other_pnl)):
        if value and request.margin_mode == "isolated":
            raise BadInput(name, "Only cross margin shares a wallet", "0 where margin_mode is isolated")
    position = Position(
        side=request.side,
        entry=request.entry,
        size=request.size,
        leverage=request.leverage,
        margin=request.margin,
        mode=request.margin_mode,
        other_maintenance=request.other_maintenance,
        other_pnl=request.other_pnl,
        taker_fee=terms.taker_fee,
        mark=request.mark,
    )
    return liquidation_price(position, terms.tiers, terms.rule)
