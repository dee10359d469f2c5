"""What columns may be called: ours first, then the names that exchanges and common tools write.

Compared without case, spaces and signs: `sumOpenInterest`, `sum_open_interest` and `Sum Open Interest` are one name.
"""

import difflib
import re
from collections.abc import Iterable, Mapping

NAMES: Mapping[str, tuple[str, ...]] = {
    "ts": (
        "ts", "timestamp", "time", "datetime", "date", "opentime", "starttime", "candlebegintime", "unix",
        "unixtimestamp", "unixtime", "epoch", "timestampms", "timems", "timeutc", "dateutc", "datetimeutc",
        "timestamputc", "gmttime", "dateandtime", "candletime", "candlestarttime",
    ),
    "o": ("o", "open", "openprice", "priceopen"),
    "h": ("h", "high", "highprice", "pricehigh"),
    "l": ("l", "low", "lowprice", "pricelow"),
    "c": ("c", "close", "closeprice", "priceclose"),
    "v": ("v", "basevolume", "volumebase", "volccy", "volumefrom", "volumecoin", "volume", "vol"),
    "oi": (
        "oi", "oiclose", "openinterest", "openinterestclose", "sumopeninterest", "openinterestamount",
        "openinterestcoin", "openinterestbase", "oicoin", "oibase", "oiamount", "oiccy", "baseopeninterest",
    ),
}  # fmt: skip
# The same in quote currency, which is USD or as good as USD.
IN_USD: Mapping[str, tuple[str, ...]] = {
    "v": (
        "quotevolume", "volumequote", "quoteassetvolume", "volumeusd", "volumeusdt", "volumeusdc", "volumeto",
        "turnover", "volccyquote", "volquote", "usdtvolume", "usdvolume", "vusd", "quotevol",
    ),
    "oi": (
        "oiusd", "oiusdt", "openinterestusd", "openinterestusdt", "openinterestvalue", "sumopeninterestvalue",
        "oivalue", "oiccyusd", "openinterestquote", "oiquote", "oinotional", "openinterestnotional",
    ),
}  # fmt: skip
# Names that are ours whatever they resemble, and so are no misspelt open interest.
OTHERS = ("opentime", "open", "openprice", "priceopen", "oiopen", "oihigh", "oilow", "points", "point")
DOLLARS = ("usd", "usdt", "usdc", "busd", "fdusd", "tusd", "dai")
PERIODS = ("ma", "sma", "ema", "avg", "average", "change", "24h", "1d", "buy", "sell", "up", "down", "delta")
# What names the market of a row.
MARKETS = ("symbol", "pair", "ticker", "tic", "instrument", "instid", "instrumentname", "market", "contract", "coin")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_COIN = re.compile(r"(?:volume|vol)[ _(\[-]+([A-Za-z0-9]{2,12})[)\]]?", re.IGNORECASE)
_ALIKE = 0.8


def without_unit(name: str) -> str:
    """Return a name without what stands in brackets behind it: `Close (USDT)` is `Close`."""
    return _BRACKETS.sub("", name)


def plain(name: str) -> str:
    """Return a name as names are compared."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def role_of(name: str) -> str | None:
    """Return what a column of that name may hold, ours or None."""
    # Open interest in brackets may be of contracts or of USD, which is another thing.
    return next(
        (role for role, names in NAMES.items() if plain(name if role == "oi" else without_unit(name)) in names), None
    )


def coin_volume(header: Iterable[str]) -> str | None:
    """Return the first column like `Volume BTC`: an amount traded in a coin that is no dollar."""
    for name in header:
        found = _COIN.fullmatch(name.strip())
        if found and found[1].lower() not in (*DOLLARS, *PERIODS):
            return name
    return None


def like_open_interest(header: Iterable[str]) -> list[str]:
    """Return the columns whose names resemble one for open interest and are none that is known."""
    known = [name for name in (*NAMES["oi"], *IN_USD["oi"]) if len(name) > len("oi")]
    found = []
    for name in header:
        bare = plain(name)
        if bare in OTHERS or role_of(name) is not None:
            continue
        close = difflib.get_close_matches(bare, known, 1, _ALIKE)
        if close or "openint" in bare or "interest" in bare or re.search(r"(^|[^a-z])oi([^a-z]|$)", name.lower()):
            found.append(name)
    return found
