"""What a listing says of a market that is no longer traded, in each venue's own word."""

from typing import Any

import pytest

from service.market.adapter.endings import ending

GONE: dict[str, tuple[dict[str, Any], str]] = {
    "binance": ({"status": "SETTLING"}, "is not traded (SETTLING)"),
    "bybit": ({"status": "Closed"}, "is not traded (Closed)"),
    "okx": ({"state": "suspend"}, "is not traded (suspend)"),
    "gate": ({"status": "delisted"}, "is not traded (delisted)"),
    "kucoin": ({"status": "BeingSettled"}, "is not traded (BeingSettled)"),
    "htx": ({"contract_status": 0}, "is not traded (delisted)"),
    "bitget": ({"symbolStatus": "off"}, "is not traded (off)"),
    "hyperliquid": ({"isDelisted": True}, "is not traded"),
}


@pytest.mark.parametrize("venue", GONE)
def test_a_market_that_has_ended_says_how(venue: str) -> None:
    """As the rest of a sentence that begins with its symbol."""
    info, words = GONE[venue]
    assert ending(info) == words
