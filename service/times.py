"""Times: epoch milliseconds, written and read as RFC 3339, and the lengths of the usual spans in milliseconds.

No clock is read here: what time it is enters every function as an argument.
"""

from datetime import UTC, datetime, timedelta

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEK_MS = 7 * DAY_MS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(moment: float) -> str:
    """Return epoch ms as RFC 3339 in UTC, with milliseconds only where there are any."""
    return _utc(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")


def to_the_minute(moment: float) -> str:
    """Return epoch ms as `2026-01-31T12:00Z`, which is exact enough for a sentence about a bar."""
    return _utc(moment).strftime("%Y-%m-%dT%H:%MZ")


def parse_iso(text: str) -> int:
    """Return a time in ISO 8601 as epoch ms, rounded down; it is in UTC unless it states an offset.

    Raises ValueError where the text is no such time.
    """
    moment = datetime.fromisoformat(text)
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // timedelta(milliseconds=1)


def _utc(moment: float) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)
