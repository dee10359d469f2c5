"""Endings: what a venue's listing says of a perpetual swap that is no longer traded."""

from collections.abc import Mapping
from typing import Any

# Where venues write what they do with a contract.
STATES = ("status", "contractStatus", "state", "contract_status", "symbolStatus")
# HTX numbers its states.
HTX_STATES = {
    "0": "delisted", "2": "not listed yet", "3": "suspended", "4": "suspended", "5": "in settlement",
    "6": "in delivery", "7": "settled", "8": "delivered",
}  # fmt: skip


def ending(info: Mapping[str, Any]) -> str:
    """Return what a venue's own entry says of a market that is not traded, as the rest of a sentence."""
    states = [str(info[name]) for name in STATES if info.get(name) not in {None, ""}]
    state = HTX_STATES.get(states[0], states[0]) if states else ""
    return f"is not traded{f' ({state})' if state else ''}"
