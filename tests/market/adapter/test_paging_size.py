"""A tail asks for what it lacks, not for the most that a call may bring: venues weigh a call by its size."""

from typing import Any

from tests.support.recorded_venue import NOW, Venue

HOUR = 3_600_000
UNTIL = NOW // HOUR * HOUR
TAIL = 4


def sizes(venue: Venue) -> list[int]:
    """Return the numbers of rows asked for so far."""
    return [int(query[name]) for _, query in venue.seen for name in ("limit", "size", "pageSize") if name in query]


def test_a_tail_of_bars_is_a_small_call(served: tuple[Any, Venue]) -> None:
    """Proves that the few bars come, and that no more than one beyond them are asked for; HTX counts from now."""
    exchange, venue = served
    exchange.markets()
    venue.seen.clear()
    assert len(exchange.ohlcv(venue.symbol, "1h", UNTIL - TAIL * HOUR, UNTIL).time) == TAIL
    assert all(size <= TAIL + 1 for size in sizes(venue))
    if venue.mark is not None and exchange.id != "htx":
        assert len(exchange.mark_ohlcv(venue.symbol, "1h", UNTIL - TAIL * HOUR, UNTIL).time) == TAIL
        assert all(size <= TAIL + 1 for size in sizes(venue))


def test_a_tail_of_open_interest_is_a_small_call(served: tuple[Any, Venue]) -> None:
    """Proves the same of open interest, where there is a history of it."""
    exchange, venue = served
    if venue.interest is None or exchange.id == "htx":
        assert exchange.id == "htx" or not exchange.capabilities.open_interest_history
        return
    exchange.markets()
    exchange.open_interest(venue.symbol, "1h", UNTIL - 2 * HOUR, UNTIL + 1)
    venue.seen.clear()
    assert len(exchange.open_interest(venue.symbol, "1h", UNTIL - TAIL * HOUR, UNTIL + 1).time) == TAIL + 1
    assert sizes(venue)
    assert all(size <= TAIL + 2 for size in sizes(venue))
