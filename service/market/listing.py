"""An exchange's listing: which of ccxt's markets are served, and what is kept of each."""

import math
from typing import Any

from service.market.exchange import BadData, Market

SETTLED_IN = ("USDT", "USDC")


def listed(exchange: str, sent: object) -> dict[str, Market]:
    """Return the active linear perpetual swaps settled in USDT or USDC; raise BadData if there is none.

    One contract that lacks a size or a price step is left out: venues list contracts before they are complete.
    """
    if not isinstance(sent, list):
        raise BadData(exchange, "market list: not a list")
    markets = {entry["symbol"]: _market(entry) for entry in sent if _is_served(entry)}
    if not markets:
        raise BadData(exchange, f"market list: no active linear perpetual swap among {len(sent)} entries")
    return markets


def _is_served(entry: dict[str, Any]) -> bool:
    return bool(
        entry["swap"]
        and entry["linear"]
        and entry["active"]
        and entry["settle"] in SETTLED_IN
        and _above_zero(entry["contractSize"])
        and _above_zero(entry["precision"]["price"])
    )


def _market(entry: dict[str, Any]) -> Market:
    most = entry["limits"]["leverage"]["max"]
    return Market(
        symbol=entry["symbol"],
        base=entry["base"],
        quote=entry["quote"],
        settle=entry["settle"],
        contract_size=float(entry["contractSize"]),
        price_tick=float(entry["precision"]["price"]),
        taker_fee=float(entry["taker"]),
        max_leverage=float(most) if _above_zero(most) else None,
    )


def _above_zero(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value > 0
