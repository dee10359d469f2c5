"""The calculator: the liquidation price of one position or of many, by exchange rule, tier and margin mode."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from service.analysis.concurrency.parallel import Failure, Key, side_by_side
from service.analysis.position.hedge_leg import with_other_leg
from service.analysis.position.remarks import of_the_terms, unused
from service.analysis.position.request import LiquidationPriceRequest
from service.analysis.position.terms import DEFAULT_SYMBOL, PositionTerms, terms_of
from service.analysis.prepared import Prepared
from service.analysis.services import Services
from service.heatmap import BadInput, Position, liquidation_price
from service.heatmap.margin import Liquidation
from service.market.contract import MarketError, UnknownExchange
from service.market.feed import MarketFeed

# Tiers are read again after this long, and nothing else in the answer changes with time.
FRESH_SECONDS = 300.0
# Markets whose tiers one request may have read.
MOST_MARKETS = 100


@dataclass(frozen=True, eq=False)
class LiquidationPriceResult:
    """The liquidation, the terms that it follows from, and the other leg of a hedge; `now` in epoch seconds."""

    liquidation: Liquidation
    terms: PositionTerms
    hedge_size: float
    hedge_entry: float | None
    now: float


# What comes of one position of many.
Outcome: TypeAlias = LiquidationPriceResult | Failure


def prepare_liquidation_price(services: Services, request: LiquidationPriceRequest) -> Prepared[LiquidationPriceResult]:
    """Work out the liquidation, which takes no time; raises MarketError, or BadInput for what no formula can take."""
    result = _result(services.feed, request, services.clock())
    terms = result.terms
    names = terms.exchange and terms.exchange.id, terms.market and terms.market.symbol
    read = terms.found and (terms.found.tiers.source, terms.found.tiers.read_at)
    return Prepared(
        (result.liquidation, *names, read),
        FRESH_SECONDS,
        lambda: replace(result, now=services.clock()),
    )


def liquidation_prices(services: Services, requests: Sequence[LiquidationPriceRequest], now: float) -> list[Outcome]:
    """Return the liquidation of each position or what stands in its way; `now` is epoch seconds.

    The tiers of each market are read once, those of different exchanges at the same time and all within one deadline.
    """
    failed: dict[Key, Failure] = {}
    calls: dict[Key, Callable[[], object]] = {}
    for key in dict.fromkeys(filter(None, map(_key, requests))):
        if len(calls) == MOST_MARKETS:
            failed[key] = BadInput("symbol", f"Is beyond the first {MOST_MARKETS} markets", "fewer markets at a time")
        elif key[1] not in services.feed.exchanges:
            failed[key] = UnknownExchange(key[1], list(services.feed.exchanges))
        else:
            calls[key] = partial(_read, services.feed, *key)
    failed |= side_by_side(services.threads, calls, services.patience.for_each).errors
    return [_outcome(services.feed, request, now, failed) for request in requests]


def _result(feed: MarketFeed, request: LiquidationPriceRequest, now: float) -> LiquidationPriceResult:
    moment = int(now * 1000)
    terms = terms_of(feed, request, moment)
    for name in ("other_maintenance", "other_pnl", "other_size"):
        if request.margin_mode == "isolated" and getattr(request, name):
            raise BadInput(name, "Only cross margin shares a wallet", "0 where margin_mode is isolated")
    if request.other_entry is not None and not request.other_size:
        raise BadInput("other_entry", "Is the entry of the position that other_size is the size of", "both or neither")
    position, said = with_other_leg(_position(request, terms), request, terms)
    liquidation = liquidation_price(position, terms.tiers, terms.rule.id)
    warnings = (*liquidation.warnings, *said, *unused(request, terms), *of_the_terms(request, terms, moment))
    told = replace(liquidation, warnings=warnings)
    return LiquidationPriceResult(told, terms, position.hedge_size, position.hedge_entry, now)


def _position(request: LiquidationPriceRequest, terms: PositionTerms) -> Position:
    return Position(
        side=request.side,
        entry=request.entry,
        size=request.size,
        leverage=request.leverage,
        margin=request.margin,
        mode=request.margin_mode,
        other_maintenance=request.other_maintenance,
        other_pnl=request.other_pnl,
        taker_fee=terms.fee,
        mark=request.mark,
    )


def _key(request: LiquidationPriceRequest) -> Key | None:
    return None if request.exchange is None else (request.symbol or DEFAULT_SYMBOL, request.exchange)


def _read(feed: MarketFeed, symbol: str, exchange: str) -> object:
    """Read a market's listing and tiers, so that they are in hand."""
    return feed.tiers(exchange, feed.market(exchange, symbol))


def _outcome(feed: MarketFeed, request: LiquidationPriceRequest, now: float, failed: Mapping[Key, Failure]) -> Outcome:
    key = _key(request)
    if key is not None and key in failed:
        return failed[key]
    try:
        return _result(feed, request, now)
    except (BadInput, MarketError) as error:
        return error
