"""How much of its rate limit an exchange says is used, by the headers of its answers.

Names and windows are those of the exchanges' documentation; what it leaves open is said beside each. OKX and
Hyperliquid send nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# Binance: weight used of the minute of the clock; its USD-margined futures allow an address 2,400 (exchangeInfo).
BINANCE_USED, BINANCE_ALLOWS, BINANCE_SECONDS = "X-MBX-USED-WEIGHT-1M", 2400.0, 60.0
# Bitget: calls left of this second, of the same path; most public ones allow 20, which no header says.
BITGET_LEFT, BITGET_ALLOWS, BITGET_SECONDS = "x-mbx-used-remain-limit", 20.0, 1.0
# Headers that say what is left and what is allowed, the one that has the milliseconds of the window or of what is left
# of it, and the seconds of the window where there is none. Bybit's are of a path and a second, and documented for
# callers with a key; Gate's of a path and ten seconds, KuCoin's of a pool and thirty; HTX's name their own interval.
LEFT_OF = (
    ("X-Bapi-Limit-Status", "X-Bapi-Limit", "", 1.0),
    ("X-Gate-RateLimit-Requests-Remain", "X-Gate-RateLimit-Limit", "", 10.0),
    ("gw-ratelimit-remaining", "gw-ratelimit-limit", "gw-ratelimit-reset", 30.0),
    ("ratelimit-remaining", "ratelimit-limit", "ratelimit-interval", 3.0),
)
# No window is longer.
MOST_SECONDS = 60.0


@dataclass(frozen=True)
class Usage:
    """The share of a limit that is used, above 1 where more was taken than is allowed, and of how many seconds.

    `aligned` tells that the window is one of the clock, and not the last or the next so many seconds.
    """

    share: float
    seconds: float
    aligned: bool = False


def weight_used(headers: Mapping[str, str]) -> Usage | None:
    """Return what is used; None where nothing is said."""
    used, left = _number(headers.get(BINANCE_USED)), _number(headers.get(BITGET_LEFT))
    if used is not None:
        return Usage(used / BINANCE_ALLOWS, BINANCE_SECONDS, aligned=True)
    if left is not None:
        return Usage(max(0.0, 1.0 - left / BITGET_ALLOWS), BITGET_SECONDS)
    for left_name, allowed_name, window_name, usual in LEFT_OF:
        left, allowed = _number(headers.get(left_name)), _number(headers.get(allowed_name))
        if left is not None and allowed:
            window = _number(headers.get(window_name))
            seconds = usual if window is None else min(max(window / 1000.0, 0.1), MOST_SECONDS)
            return Usage(max(0.0, 1.0 - left / allowed), seconds)
    return None


def _number(text: str | None) -> float | None:
    """Return what a header says, None unless it is a whole number of a sensible length."""
    return float(text) if text is not None and re.fullmatch("[0-9]{1,9}", text) else None
