"""How much of its rate limit an exchange says is used, by the headers of its answers."""

import re
from collections.abc import Mapping

# Weight of one minute that Binance allows an address at its USD-margined futures; its answers say what is used of it.
BINANCE_USED, BINANCE_ALLOWS = "X-MBX-USED-WEIGHT-1M", 2400.0
# Headers that say what is left and what is allowed, of Bybit, Gate, KuCoin and HTX.
LEFT_OF = (
    ("X-Bapi-Limit-Status", "X-Bapi-Limit"),
    ("X-Gate-RateLimit-Requests-Remain", "X-Gate-RateLimit-Limit"),
    ("gw-ratelimit-remaining", "gw-ratelimit-limit"),
    ("ratelimit-remaining", "ratelimit-limit"),
)


def weight_used(headers: Mapping[str, str]) -> float | None:
    """Return the share that is used, above 1 where more was taken than is allowed; None where nothing is said."""
    used = _number(headers.get(BINANCE_USED))
    if used is not None:
        return used / BINANCE_ALLOWS
    for left_name, allowed_name in LEFT_OF:
        left, allowed = _number(headers.get(left_name)), _number(headers.get(allowed_name))
        if left is not None and allowed:
            return max(0.0, 1.0 - left / allowed)
    return None


def _number(text: str | None) -> float | None:
    """Return what a header says, None unless it is a whole number of a sensible length."""
    return float(text) if text is not None and re.fullmatch("[0-9]{1,9}", text) else None
