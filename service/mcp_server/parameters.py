"""What the tools take, each with its range, in words for a model that never saw the service."""

from typing import Annotated, Literal

from pydantic import Field

Exchange = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="Exchange id: binance, bybit, okx, gate, kucoin, htx, bitget or hyperliquid; several with commas, "
        "whose maps are added up; all; or sim, an invented market for trying things out",
    ),
]
OneExchange = Annotated[
    str, Field(min_length=1, max_length=40, description="One exchange id, such as binance; sim is an invented market")
]
Symbol = Annotated[
    str, Field(min_length=1, max_length=40, description="Coin or perpetual swap: BTC, BTCUSDT or BTC/USDT:USDT")
]
Symbols = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=40)]] | None,
    Field(min_length=1, max_length=50, description="Coins to compare, such as BTC and ETH; if left out, large ones"),
]
Timeframe = Annotated[
    Literal["5m", "15m", "30m", "1h", "4h", "1d"], Field(description="Length of a bar that the map is built from")
]
Lookback = Annotated[
    str,
    Field(pattern="^[1-9][0-9]{0,3}[hdwMy]$", description="How far the map goes back: 12h to 1y, such as 7d"),
]
AsOf = Annotated[
    str | None,
    Field(
        min_length=12,
        max_length=40,
        description="Rebuild the map as it stood at this moment, from what was public then: RFC 3339 with an offset, "
        "such as 2026-01-31T12:00:00Z; now if left out",
    ),
]
RangePct = Annotated[float, Field(ge=0.1, le=90, description="How far from the price to look, in %")]
Detail = Annotated[
    Literal["concise", "full"],
    Field(description="concise: the main figures, under 300 tokens. full: the service's whole answer as well, long"),
]
Side = Annotated[
    Literal["long", "short"],
    Field(description="Longs are closed by force below the price, shorts above it"),
]
MovePct = Annotated[
    float | None, Field(ge=-50, le=50, description="The shock as a price move in %, signed, not 0, such as -3")
]
OrderUsd = Annotated[float | None, Field(gt=0, le=1e12, description="The shock as a market order in USD")]
Entry = Annotated[float, Field(ge=1e-12, le=1e15, description="Entry price in quote currency")]
Size = Annotated[
    float,
    Field(ge=1e-12, le=1e15, description="Size in base coin, USD for inverse contracts; it decides the risk tier"),
]
Leverage = Annotated[float, Field(ge=1, le=1000, description="Leverage of an isolated position")]
Mark = Annotated[
    float | None,
    Field(ge=1e-12, le=1e15, description="Price now, from which the distance is counted; entry if left out"),
]
