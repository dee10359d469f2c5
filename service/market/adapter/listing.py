"""An exchange's listing: which of ccxt's markets are served, and what is kept of each.

Served are perpetual swaps margined in USDT or USDC and, where the adapter knows their units, coin-margined ones quoted
in USD. Dated futures, options and every other quote are not.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from service.market.adapter.endings import ending
from service.market.contract import BadData, Delisting, Market, coin_and_unit

SETTLED_IN = ("USDT", "USDC")
# 2100: what lies beyond stands for a market without an end.
_NEVER = 4_102_444_800_000
# From a venue's own entry of a market to what it says of the end of it.
ReadDelisting: TypeAlias = Callable[[Mapping[str, Any]], Delisting | None]


def listed(
    exchange: str, sent: object, delisting: ReadDelisting = lambda _: None, *, inverse: bool = False
) -> dict[str, Market]:
    """Return the perpetual swaps that are served; raise BadData if no linear one among them is traded.

    Those that have ended are there too, and say so. One contract that lacks a size or a price step is left out: venues
    list contracts before they are complete.
    """
    if not isinstance(sent, list):
        raise BadData(exchange, "market list: not a list")
    kinds = (_is_linear, _is_inverse) if inverse else (_is_linear,)
    served = [entry for entry in sent if _is_whole(entry) and any(is_kind(entry) for is_kind in kinds)]
    markets = {entry["symbol"]: _market(entry, delisting(entry.get("info") or {})) for entry in served}
    if not any(not market.inverse and not market.ended for market in markets.values()):
        raise BadData(exchange, f"market list: no active linear perpetual swap among {len(sent)} entries")
    return markets


def _is_linear(entry: dict[str, Any]) -> bool:
    return bool(entry["linear"] and entry["settle"] in SETTLED_IN)


def _is_inverse(entry: dict[str, Any]) -> bool:
    return bool(entry["inverse"] and entry["quote"] == "USD" and entry["settle"] == entry["base"])


def _is_whole(entry: dict[str, Any]) -> bool:
    return bool(entry["swap"] and _above_zero(entry["contractSize"]) and _above_zero(entry["precision"]["price"]))


def _market(entry: dict[str, Any], delisting: Delisting | None) -> Market:
    most = entry["limits"]["leverage"]["max"]
    # Hyperliquid numbers its coins; its own name for one tells a thousand PEPE from a coin that begins with K.
    listed_as = str(entry.get("baseName") or entry["base"])
    ended = not entry["active"]
    return Market(
        symbol=entry["symbol"],
        base=entry["base"],
        quote=entry["quote"],
        settle=entry["settle"],
        contract_size=float(entry["contractSize"]),
        price_tick=float(entry["precision"]["price"]),
        taker_fee=float(entry["taker"]),
        # ccxt fills in 1 where a venue states none
        max_leverage=float(most) if _above_zero(most) and most > 1 else None,
        inverse=bool(entry["inverse"]),
        id=str(entry.get("baseName") or entry["id"]),
        listed_as=listed_as if listed_as != entry["base"] or coin_and_unit(listed_as)[1] != 1.0 else "",
        unit=1.0 if entry["inverse"] else coin_and_unit(listed_as)[1],
        ending=ending(entry.get("info") or {}) if ended else "",
        ended=ended,
        delisting=delisting,
    )


def _above_zero(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value > 0


def delisting_at(sent: object) -> Delisting | None:
    """Return the delisting at a moment as venues send it, in epoch ms; None for what they send of a market that stays.

    That is nothing, an empty text, 0, -1 or the last days of the year 2100.
    """
    text = "" if sent is None else str(sent)
    return Delisting(int(text)) if text.isdigit() and 0 < int(text) < _NEVER else None
