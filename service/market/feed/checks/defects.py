"""Defects: what is said of a market and of rows that are put right or left out, and when these are too many."""

from collections.abc import Iterator

from service.market.contract import Coverage, Exchange, Market, delisting_notes
from service.market.feed.alignment.per_coin import listing_notes
from service.market.feed.checks.recency import missing_data

# With more of its bars left out than this share, what is left shows where they were missing, not where positions are.
MOST_UNUSABLE = 0.5
PRESENT_ONLY = "Open interest is public only as of now: the map's size is scaled to it, its history is not known."


def require_usable(exchange: str, symbol: str, timeframe: str, coverage: Coverage, *, past: bool) -> None:
    """Raise where too many of the bars that were sent cannot be right."""
    sent = coverage.bars + coverage.unusable
    if coverage.unusable > MOST_UNUSABLE * sent:
        share = f"{coverage.unusable / sent:.0%}"
        what = f"no usable {timeframe} bars of {symbol}: {coverage.unusable} of {sent} ({share}) cannot be right"
        raise missing_data(exchange, what, past=past)


def defect_notes(coverage: Coverage) -> Iterator[str]:
    """Yield a sentence for each kind of row that was not taken as it was sent."""
    if coverage.unusable:
        yield f"{_bars(coverage.unusable)} left out: no prices, or figures that cannot be right."
    if coverage.repaired:
        yield f"{_bars(coverage.repaired)} widened to hold the bar's own open and close."
    if coverage.open_interest_unusable:
        rows = coverage.open_interest_unusable
        yield f"{rows} {'row' if rows == 1 else 'rows'} of open interest taken as not known: 0, or beyond belief."
    if coverage.open_interest_repeated:
        bars = coverage.open_interest_repeated
        yield f"Open interest stands still in {bars} bars that traded, as in an outage: taken as not known there."


def _bars(count: int) -> str:
    return f"{count} {'bar that was sent is' if count == 1 else 'bars that were sent are'}"


def notes_on(exchange: Exchange, market: Market, coverage: Coverage, *, past: bool) -> list[str]:
    """Return what a reader should know of the market and of what was there of it."""
    notes = listing_notes(market)
    notes += [] if exchange.capabilities.open_interest_history else [PRESENT_ONLY]
    notes += [*coverage.notes, *defect_notes(coverage)]
    return notes if past else [*notes, *delisting_notes(exchange, market)]
