"""The tools, each of which asks one path of the service and says the answer in few words."""

from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from service.mcp_server import answers
from service.mcp_server import parameters as given
from service.mcp_server.asking import Ask
from service.mcp_server.checked_server import CheckedServer
from service.mcp_server.readings import FIRST, bands_of, full, shared_zones_of, short, told, trust, zones_of

NAME = "liquidation-heatmap"
INSTRUCTIONS = (
    "Estimates where leveraged crypto positions would be closed by force (liquidated), from public market data. "
    "Begin with zones for one market or scan for many. Say with every figure how old it is, its data quality, and "
    "whether it is simulated. A hot zone says what would be closed if price came there, not that price will come."
)
# It changes nothing, and what it answers comes from exchanges.
READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
FORMULA = "A formula of the exchange, exact for the terms it shows; it says nothing of where price goes."


def build_server(ask: Ask, version: str) -> CheckedServer:
    """Return the server with all its tools, which ask the service through `ask`."""
    server = CheckedServer(
        NAME, title="Liquidation heatmap", instructions=INSTRUCTIONS, version=version, log_level="WARNING"
    )
    tools = Tools(ask)
    for title, tool in _titled(tools):
        server.add_tool(tool, title=title, description=" ".join(str(tool.__doc__).split()), annotations=READ_ONLY)
    return server


def _titled(tools: "Tools") -> tuple[tuple[str, Callable[..., answers.Answer]], ...]:
    return (
        ("Hot and cold zones", tools.zones),
        ("Heatmap in few words", tools.heatmap),
        ("Two maps compared", tools.diff),
        ("Liquidation cascade", tools.cascade),
        ("Markets near a hot zone", tools.scan),
        ("Measured skill", tools.skill),
        ("Liquidation price", tools.liquidation_price),
    )


class Tools:
    """The tools; the docstring of each is what a model reads of it."""

    def __init__(self, ask: Ask) -> None:
        """Take what asks the service."""
        self._ask = ask

    def zones(
        self,
        exchange: given.Exchange,
        symbol: given.Symbol = "BTC",
        timeframe: given.Timeframe = "1h",
        lookback: given.Lookback = "7d",
        range_pct: given.RangePct = 15.0,
        as_of: given.AsOf = None,
        detail: given.Detail = "concise",
    ) -> answers.Zones:
        """Find the price ranges where most leveraged positions of a market would be closed by force, ranked.

        Hot zones of longs lie below the price, of shorts above it; cold zones have little in the way. Use it for
        "where are the liquidation levels of BTC?". With detail=full each zone also has its core, stop, age, approach
        and confluence with other levels, and `ended` lists zones of the last day that are gone, and why.
        """
        body = self._ask("zones", _chosen(exchange, symbol, timeframe, lookback, as_of) | {"range_pct": range_pct})
        return answers.Zones(
            **trust(detail, body, body),
            price=body["price"],
            hot_count=len(body["hot"]),
            hot=zones_of(body["hot"]),
            cold_count=len(body["cold"]),
        )

    def heatmap(
        self,
        exchange: given.Exchange,
        symbol: given.Symbol = "BTC",
        timeframe: given.Timeframe = "1h",
        lookback: given.Lookback = "7d",
        range_pct: given.RangePct = 15.0,
        as_of: given.AsOf = None,
        detail: given.Detail = "concise",
    ) -> answers.Heatmap:
        """Sum up the liquidation heatmap of a market: its fullest price bands, the empty gap, what stands each side.

        Use it for "are more longs or shorts at risk, and how near?". It is a summary: for ranked levels with
        probabilities use zones. Amounts are what stands in USD, of which exchanges report only a small part.
        """
        chosen = _chosen(exchange, symbol, timeframe, lookback, as_of) | {"range_pct": range_pct}
        body, gap = self._ask("heatmap", chosen), self._ask("zones", chosen)["gap"] or {}
        grid, price = body["grid"], body["price"]
        return answers.Heatmap(
            **trust(detail, body, body),
            price=price,
            gap_low=short(gap.get("low")),
            gap_high=short(gap.get("high")),
            long_usd=sum(grid["long"][-1]),
            short_usd=sum(grid["short"][-1]),
            hottest=bands_of(grid, price),
        )

    def diff(
        self,
        a: given.Exchange,
        b: given.Exchange,
        symbol: given.Symbol = "BTC",
        timeframe: given.Timeframe = "1h",
        lookback: given.Lookback = "7d",
        as_of: given.AsOf = None,
        detail: given.Detail = "concise",
    ) -> answers.Diff:
        """Compare the liquidation maps of two exchanges (or groups of them): how far they agree, and on which zones.

        Use it for "is this level on Bybit as well as on Binance?". Zones in the consensus stand in both maps.
        """
        asked = {"a": a, "b": b} | _chosen(None, symbol, timeframe, lookback, as_of)
        body = self._ask("diff", asked)
        agreement, zones = body["agreement"]["both"], body["zones"]
        return answers.Diff(
            **trust(detail, body, body["a"], body["b"]),
            kind=body["kind"],
            common_share=round(agreement["common_share"], 3),
            rank_correlation=short(agreement["rank_correlation"]),
            in_both=len(zones["in_both"]),
            only_a=len(zones["only_a"]),
            only_b=len(zones["only_b"]),
            consensus=shared_zones_of(body["consensus"]),
        )

    def cascade(
        self,
        exchange: given.OneExchange,
        symbol: given.Symbol = "BTC",
        move_pct: given.MovePct = None,
        sell_usd: given.OrderUsd = None,
        buy_usd: given.OrderUsd = None,
        timeframe: given.Timeframe = "1h",
        detail: given.Detail = "concise",
    ) -> answers.Cascade:
        """Simulate what a shock would set off now: liquidations meet the order book, move price, and cause more.

        Give exactly one shock: move_pct, sell_usd or buy_usd. Use it for "what if BTC drops 3 %?". It is a scenario by
        the model, not a forecast: how far real falls went on was not foretold by it.
        """
        shock = {"move_pct": move_pct, "sell_usd": sell_usd, "buy_usd": buy_usd}
        body = self._ask("cascade", {"exchange": exchange, "symbol": symbol, "timeframe": timeframe} | shock)
        odds, past = body["odds"] or {}, body["base_rate"] or {}
        return answers.Cascade(
            **trust(detail, body, body),
            start_price=body["start_price"],
            terminal_price=round(body["terminal_price"], 6),
            terminal_move_pct=round(body["terminal_move_pct"], 2),
            forced_usd=round(body["forced_usd"], -3),
            amplification=short(body["amplification"]),
            absorbed=body["absorbed"],
            move_pct_q10=short(odds.get("move_pct_q10")),
            move_pct_q90=short(odds.get("move_pct_q90")),
            critical_share=short(odds.get("critical_share")),
            critical_price=short_price(odds.get("critical_price")),
            auto_deleveraging_usd_q90=short(left["usd"][-1] if (left := odds.get("auto_deleveraging")) else None),
            past_moves=past.get("moves"),
            past_again_24h=short(past.get("again_day")),
        )

    def scan(
        self,
        exchange: given.Exchange,
        symbols: given.Symbols = None,
        timeframe: given.Timeframe = "1h",
        lookback: given.Lookback = "7d",
        as_of: given.AsOf = None,
        detail: given.Detail = "concise",
    ) -> answers.Scan:
        """Rank many markets by how much would be closed by force close to their price.

        Use it for "which coins are near a big liquidation level?", then zones for the one that matters. A concise
        answer has the first three, detail=full all.
        """
        chosen = _chosen(exchange, None, timeframe, lookback, as_of)
        body = self._ask("scan", chosen | {"symbols": symbols})
        rows = body["symbols"]
        if not rows:
            why = "; ".join(f"{failure['symbol']}: {failure['reason']}" for failure in body["failed"])
            raise ToolError(f"no market could be read: {why or 'none is listed'}")
        return answers.Scan(
            **trust(detail, body, *rows),
            markets=[
                answers.Attention(
                    symbol=row["symbol"],
                    price=row["price"],
                    attention=short(row["attention"]),
                    long_distance_pct=short((row["long"] or {}).get("distance_pct")),
                    short_distance_pct=short((row["short"] or {}).get("distance_pct")),
                )
                for row in rows[:FIRST]
            ],
            failed=list(dict.fromkeys(failure["symbol"] for failure in body["failed"]))[:FIRST],
        )

    def skill(
        self,
        exchange: given.OneExchange,
        symbol: given.Symbol = "BTC",
        lookback: given.Lookback = "60d",
        as_of: given.AsOf = None,
        detail: given.Detail = "concise",
    ) -> answers.Skill:
        """Score the map on one market's own past: whether hours that it called full liquidated more than others.

        Use it before relying on zones of a market. It needs an exchange that publishes liquidations, and takes some
        seconds.
        """
        body = self._ask("skill", _chosen(exchange, symbol, None, lookback, as_of))
        lift = body["lift"] or {}
        return answers.Skill(
            **trust(detail, body, body),
            verdict=body["verdict"],
            days=body["days"],
            zones_lift=short((lift.get("zones") or {}).get("value")),
            zones_placebo=short((lift.get("zones_placebo") or {}).get("value")),
        )

    def liquidation_price(
        self,
        exchange: given.OneExchange,
        side: given.Side,
        entry: given.Entry,
        leverage: given.Leverage,
        symbol: given.Symbol = "BTC",
        size: given.Size = 1.0,
        mark: given.Mark = None,
        detail: given.Detail = "concise",
    ) -> answers.LiquidationPrice:
        """Calculate at which price one isolated position is closed by force, by the exchange's own formula and tiers.

        Use it for "I am 10x long from 60000: where am I liquidated?". This is exact arithmetic, unlike the map. The
        other tools say whether that price lies in a hot zone.
        """
        position = {"side": side, "entry": entry, "leverage": leverage, "size": size, "mark": mark}
        body = self._ask("liquidation-price", {"exchange": exchange, "symbol": symbol} | position)
        return answers.LiquidationPrice(
            market=f"{body['exchange']} {body['symbol']}",
            as_of=body["as_of"],
            age_seconds=round(body["age_seconds"]),
            coverage=None,
            data_quality=None,
            confidence=None,
            simulated=body["simulated"],
            skill=FORMULA,
            warnings=told(detail, body["warnings"]),
            full=full(detail, body),
            outcome=body["outcome"],
            price=short_price(body["price"]),
            distance_pct=short(body["distance_pct"]),
            bankruptcy_price=short_price(body["bankruptcy_price"]),
            maintenance_rate=body["maintenance_rate"],
            rule=body["rule"],
        )


def short_price(price: float | None) -> float | None:
    """Return a price to ten digits, finer than any market's tick."""
    return None if price is None else float(f"{price:.10g}")


def _chosen(
    exchange: str | None, symbol: str | None, timeframe: str | None, lookback: str, as_of: str | None
) -> dict[str, Any]:
    """Return the parameters that choose a market and a moment; None is not sent."""
    chosen = {"exchange": exchange, "symbol": symbol, "timeframe": timeframe, "lookback": lookback, "as_of": as_of}
    return {name: value for name, value in chosen.items() if value is not None}
