"""Risk tiers that cannot be read, on every exchange that has some: others stand in, named, and are soon replaced."""

import json
from typing import Any

import pytest

from tests.emulator import Emulator
from tests.end_to_end.conftest import NOW
from tests.end_to_end.stage import Stage
from tests.support.slowly import few_fast

# Which request of each exchange carries its tiers. Hyperliquid's come with its listing, binance's from no request.
TIERS = {
    "bybit": "risk-limit",
    "okx": "position-tiers",
    "gate": "risk_limit_tiers",
    "kucoin": "risk-limit",
    "htx": "swap_adjustfactor",
    "bitget": "query-position-lever",
}
FAULTS: dict[str, dict[str, Any]] = {
    "a page": {"kind": "html200"},
    "nulls": {"kind": "nulls"},
    "nothing": {"kind": "empty"},
    "refused": {"kind": "status", "status": 503},
}
# Longer than a failure is remembered.
LATER_MS = 40_000
# Longer than tiers are kept.
DAYS_MS = 7 * 3_600_000
POSITION = {"side": "short", "entry": 60_000, "leverage": 10}


def untouched(emulator: Emulator, exchange: str) -> bytes:
    """Return the profile that an application answers now if it has never seen a fault."""
    with Stage(emulator, [exchange]) as fresh:
        whole: bytes = fresh.get("/v1/profile", exchange=exchange, symbol="BTC").data
    return whole


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("exchange", few_fast(TIERS))
def test_assumed_ones_stand_in(emulator: Emulator, exchange: str, fault: dict[str, Any]) -> None:
    """The map answers, says which tiers it has and why; once they are back, it is that of an untouched application."""
    emulator.now_ms = NOW
    with Stage(emulator, [exchange]) as stage:
        emulator.fault(exchange, path=TIERS[exchange], **fault)
        body = stage.ask("/v1/profile", exchange=exchange, symbol="BTC")
        price = stage.ask("/v1/liquidation-price", exchange=exchange, symbol="BTC", **POSITION)
        emulator.heal()
        emulator.now_ms += LATER_MS
        healed = stage.get("/v1/profile", exchange=exchange, symbol="BTC")
    (source,) = body["sources"]
    assert (source["state"], source["tiers"]) == ("used", "assumed")
    assert exchange in source["missing"]["tiers"]
    assert [text for text in body["warnings"] if text.startswith("Risk tiers are assumed")]
    assert [text for text in body["warnings"] if text.startswith("Risk tiers could not be read")]
    assert price["tiers_source"] == "assumed"
    assert [text for text in price["warnings"] if "could not be read" in text]
    assert healed.data == untouched(emulator, exchange)


@pytest.mark.parametrize("exchange", few_fast(TIERS))
def test_those_last_read_stand_in_before_assumed_ones(emulator: Emulator, exchange: str) -> None:
    """An exchange whose tiers were read hours ago is better known than one whose tiers never were."""
    emulator.now_ms = NOW
    with Stage(emulator, [exchange]) as stage:
        before = stage.ask("/v1/liquidation-price", exchange=exchange, symbol="BTC", **POSITION)
        emulator.now_ms += DAYS_MS
        emulator.fault(exchange, path=TIERS[exchange], kind="status", status=503)
        after = stage.ask("/v1/liquidation-price", exchange=exchange, symbol="BTC", **POSITION)
        emulator.heal()
    assert after["tiers_source"] == before["tiers_source"] == "exchange"
    assert (after["price"], after["as_of"]) == (before["price"], before["as_of"])
    assert [text for text in after["warnings"] if "could not be read, those of" in text]
    assert json.dumps(before["warnings"]) != json.dumps(after["warnings"])
