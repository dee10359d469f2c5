"""The cascade: what a shock would set off, followed through order book and map."""

from dataclasses import dataclass

import numpy as np

from service.analysis.concurrency.cost import Work, checked_cost, passes_of
from service.analysis.limits import MOST_CELLS, fitting_bins
from service.analysis.maps.axes import zone_axis
from service.analysis.markets.calibrated import Executed, ExecutedSource, executed_of
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.estimate import Estimate, columns_in
from service.analysis.markets.group import Group
from service.analysis.markets.loading import load_one
from service.analysis.prepared import Prepared
from service.analysis.requests import AxisRequest, MarketRequest
from service.analysis.services import Services
from service.analysis.zones.zone_reading import read_zones, zone_rules
from service.heatmap import BadInput, PriceAxis, Shock, Side, Zone, run_cascade
from service.heatmap.base import Floats
from service.heatmap.cascade import (
    STATES,
    BaseRate,
    BookState,
    Cascade,
    CascadeOdds,
    Insurance,
    StateName,
    Unknowns,
    base_rate,
    cascade_odds,
    refill_rate,
    standing_within,
    usual_state,
)
from service.heatmap.margin import maintenance_for
from service.heatmap.stats import daily_atr
from service.market.contract import ExchangeUnavailable, MarketData, OrderBook
from service.market.feed import BOOK_SECONDS
from service.times import DAY_MS

HALF = 0.5
# At which the maintenance of a position is looked up, or at the market's most where that is less.
USUAL_LEVERAGE = 10.0


@dataclass(frozen=True, kw_only=True)
class ShockRequest:
    """What sets it off, one of a move in % and a market order in USD."""

    move_pct: float | None
    sell_usd: float | None
    buy_usd: float | None

    def shock(self) -> Shock:
        """Return the shock; raises BadInput unless exactly one is given."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        if len(given) != 1:
            raise BadInput("move_pct", f"{len(given)} shocks are given", "one of move_pct, sell_usd, buy_usd")
        if self.move_pct == 0:
            raise BadInput("move_pct", "Is 0", "-50 to 50, but not 0")
        return Shock(**given)


@dataclass(frozen=True, kw_only=True)
class CascadeRequest:
    """A shock, and what is assumed of how the book takes it; `seed` chooses the draws.

    executed        None takes the measured share
    refill_minutes  in which the book comes back
    insurance       share of open interest that the insurance fund takes over
    state           of the book; None chooses it by the size of the shock
    """

    market: MarketRequest
    axis: AxisRequest
    shock: ShockRequest
    executed: float | None
    refill: float
    refill_minutes: float
    insurance: float
    state: StateName | None
    samples: int
    seed: int


@dataclass(frozen=True)
class CascadeAssumptions:
    """What is taken for granted of the book; `draws` are the ranges that the odds draw from, by name.

    state               of the book; state_given: whether the caller said so
    executed            share of liquidated notional that is traded into the book
    executed_source     where that is from, and executed_of whose hours it was measured on
    depth               the book at the shock / the book as it is seen, to which it comes back
    refill              share of the last day's turnover that new orders put against the move once they have come
    refill_usd_per_pct  what it comes to: USD of new orders in each percent of the move
    refill_minutes      in which all but 1 / e of the book and of these has come
    insurance           share of open interest that the insurance fund takes over
    insurance_usd       what it comes to
    margin_pct          how far beyond its liquidation price a position's margin lasts, % of the price
    """

    state: StateName
    state_given: bool
    executed: float
    executed_source: ExecutedSource
    executed_of: str | None
    depth: float
    refill: float
    refill_usd_per_pct: float
    refill_minutes: float
    insurance: float
    insurance_usd: float
    margin_pct: float
    draws: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class ReachedZone:
    """A hot zone and the share of draws that reach it."""

    zone: Zone
    probability: float


@dataclass(frozen=True, eq=False)
class CascadeResult:
    """The course of the shock, its odds over draws, the zones that it may reach, and what weakens the answer.

    base_rate  how far moves as large as the shock's own went on in the past: no part of the cascade, and never mixed
               with it; None where an order moves nothing
    """

    envelope: Envelope
    course: Cascade
    odds: CascadeOdds
    seed: int
    assumptions: CascadeAssumptions
    zones: tuple[ReachedZone, ...]
    base_rate: BaseRate | None
    caveats: tuple[str, ...]


def prepare_cascade(services: Services, request: CascadeRequest) -> Prepared[CascadeResult]:
    """Load the market and its book; raises MarketError or BadInput."""
    shock = request.shock.shock()
    fitting_bins(request.axis, request.market)
    work = Work(exchanges=1, markets=1, passes=2 + passes_of(request.market, ensemble=True))
    admitted = services.work.admit(checked_cost(work, request.market))
    market = load_one(services, request.market)
    book = market.data.book
    if book is None:
        why = market.data.missing.get("order_book", "no order book")
        raise ExchangeUnavailable(market.data.exchange, f"a cascade needs the order book: {why}")
    axis = zone_axis(_alone(market), request.axis, request.market)
    return Prepared(
        (market.fingerprint, book.time),
        BOOK_SECONDS,
        admitted.computing(lambda: _result(market, book, axis, shock, request, services.clock())),
    )


def _alone(market: Estimate) -> Group:
    return Group({market.data.exchange: market}, {})


def _result(
    market: Estimate, book: OrderBook, axis: PriceAxis, shock: Shock, request: CascadeRequest, now: float
) -> CascadeResult:
    rules = zone_rules(request.axis)
    zones = read_zones(_alone(market), described=False, rules=rules).zones.hot
    refill = refill_rate(*_recent_trading(market.data), request.refill)
    envelope = market.envelope(now)
    executed = executed_of(envelope, request.executed)
    insurance = Insurance(_margin(market), request.insurance * market.open_interest_usd)
    price, setting = market.data.price, (book.bids, book.asks, axis.edges)
    side = Side.LONG if shock.direction == "down" else Side.SHORT
    # Of the other side nothing is liquidated: it is never looked at.
    maps = market.ensemble_side(axis, side)
    one_map = *setting, maps[0], maps[0], price, shock
    minutes = request.refill_minutes
    alone = run_cascade(*one_map, executed=0.0, refill=refill, minutes=minutes).terminal_move_pct
    state = STATES[request.state or _usual(market.data, alone)]
    course = run_cascade(
        *one_map, executed=executed.share.q50, depth=state.median, returned=1.0, refill=refill, minutes=minutes
    )
    odds = cascade_odds(
        *setting,
        maps,
        maps,
        price,
        shock,
        rng=np.random.default_rng(request.seed),
        zones=[(zone.low, zone.high) for zone in zones],
        samples=request.samples,
        executed=executed.share,
        state=state.name,
        refill=refill,
        minutes=minutes,
        insurance=insurance,
    )
    return CascadeResult(
        envelope=envelope,
        course=course,
        odds=odds,
        seed=request.seed,
        assumptions=_assumptions(request, executed, state, refill, insurance),
        zones=tuple(ReachedZone(zone, chance) for zone, chance in zip(zones, odds.reach, strict=True)),
        base_rate=_base_rate(market, axis, alone, side) if alone else None,
        caveats=tuple(_caveats(course, odds, axis, executed)),
    )


def _base_rate(market: Estimate, axis: PriceAxis, move_pct: float, side: Side) -> BaseRate:
    """Return how far moves of a size went on, and those with as much in their way, by the map's own past."""
    bars = market.data.bars
    # No more of the past than a heatmap of its own may have.
    columns = market.past_side(axis, columns_in(market.data, MOST_CELLS // axis.count), side)
    prices = np.append(bars.close[-len(columns) : -1], market.data.price)
    standing = np.full(len(bars), np.nan)
    standing[-len(columns) :] = standing_within(axis.edges, columns, prices, move_pct)
    return base_rate(bars, move_pct, standing)


def _margin(market: Estimate) -> float:
    """Return the maintenance margin of a usual position: what is left of its margin when it is liquidated."""
    tiers = market.venue.applied_tiers
    leverage = np.array([min(USUAL_LEVERAGE, float(np.max(tiers.max_leverage)))])
    return float(maintenance_for(leverage, tiers, market.assumptions.position_notional)[0])


def _usual(data: MarketData, move_pct: float) -> StateName:
    """Return the state of the book that a move is taken to meet."""
    return usual_state(move_pct / 100.0, float(daily_atr(data.bars)[-1]) / data.price)


def _assumptions(
    request: CascadeRequest, executed: Executed, state: BookState, refill: float, insurance: Insurance
) -> CascadeAssumptions:
    depth = Unknowns().around("depth", 1.0) if state.name == "calm" else state.range()
    draws = {"executed": (executed.share.q10, executed.share.q90), "depth": depth}
    return CascadeAssumptions(
        state=state.name,
        state_given=request.state is not None,
        executed=executed.share.q50,
        executed_source=executed.source,
        executed_of=executed.of,
        depth=state.median,
        refill=request.refill,
        refill_usd_per_pct=refill / 100,
        refill_minutes=request.refill_minutes,
        insurance=request.insurance,
        insurance_usd=insurance.usd,
        margin_pct=100.0 * insurance.margin,
        draws=draws | {"refill": Unknowns().around("refill", request.refill)},
    )


def _caveats(course: Cascade, odds: CascadeOdds, axis: PriceAxis, executed: Executed) -> list[str]:
    """Return what weakens this answer in particular."""
    caveats = []
    if course.extrapolated:
        caveats.append("The move ends past the visible book: depth there is a power law, not seen.")
    if not axis.edges[0] <= course.terminal_price <= axis.edges[-1]:
        caveats.append("The move ends past range_pct: what stands beyond it is not counted.")
    if not course.absorbed:
        caveats.append("Even the furthest price considered could not take it all.")
    if executed.source == "stand_in":
        caveats.append(f"executed was not measured under these assumptions: that of {executed.of} stands in.")
    if course.running:
        caveats.append("Forced orders were still to be sold an hour after the shock: the move had not ended.")
    if odds.extrapolated_share > HALF:
        caveats.append("More than half of the draws end past the visible book.")
    return caveats


def _recent_trading(data: MarketData) -> tuple[Floats, Floats]:
    """Return the turnover (USD) and relative path length of the bars of the last day, at least one."""
    last = data.bars.part(-max(DAY_MS // data.bars.step, 1))
    up = last.close >= last.open
    first_leg = np.where(up, last.open - last.low, last.high - last.open)
    last_leg = np.where(up, last.high - last.close, last.close - last.low)
    path: Floats = (first_leg + (last.high - last.low) + last_leg) / last.close
    return last.volume if data.inverse else last.volume * last.close, path
