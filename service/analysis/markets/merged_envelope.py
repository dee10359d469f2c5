"""The envelope of several exchanges' answers as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from service.analysis.markets.envelope import AbsentSource, Envelope, EnvelopeCoverage
from service.heatmap.inventory import LOW_QUALITY, DataQuality
from service.market.contract import PRICE_SOURCES, DifferentMarket, UnknownSymbol

# Shares are averaged as they stand in each exchange's own answer.
SHARE_DIGITS = 6


def merged_envelope(
    envelopes: Mapping[str, Envelope],
    errors: Mapping[str, Exception],
    weights: Mapping[str, float],
    price: float,
    data_quality: DataQuality,
    columns: tuple[int, int],
) -> Envelope:
    """Return the envelope of several exchanges' answers as one; a single one is its own.

    `columns` are (those that any exchange has, those that all have).

    The assumptions are those of the exchange with the most weight. The caller's are the same for all; the liquidation
    rule is each exchange's own and stands in `sources`, as fitted mixes do in `fits`.
    """
    largest = envelopes[max(weights, key=lambda name: weights[name])]
    if len(envelopes) + len(errors) == 1:
        return largest
    parts = list(envelopes.values())
    absent = tuple(_absent(name, error) for name, error in errors.items())
    return replace(
        largest,
        exchange=",".join([*envelopes, *errors]),
        as_of=min(part.as_of for part in parts),
        age_seconds=max(part.age_seconds for part in parts),
        simulated=any(part.simulated for part in parts),
        price=price,
        price_source=max((part.price_source for part in parts), key=PRICE_SOURCES.index),
        price_time=min(part.price_time for part in parts),
        stale=any(part.stale for part in parts),
        sources=tuple(replace(source, weight=weights[source.exchange]) for part in parts for source in part.sources),
        coverage=_merged_coverage([part.coverage for part in parts], absent, columns),
        data_quality=data_quality,
        warnings=_merged_warnings(envelopes, absent, columns, data_quality),
        fits=tuple(fit for part in parts for fit in part.fits),
        absent=absent,
    )


def _absent(exchange: str, error: Exception) -> AbsentSource:
    price = error.price if isinstance(error, DifferentMarket) else None
    return AbsentSource(exchange, str(error), not isinstance(error, UnknownSymbol), price)


def _merged_coverage(
    parts: Sequence[EnvelopeCoverage], absent: Sequence[AbsentSource], columns: tuple[int, int]
) -> EnvelopeCoverage:
    unlisted, wanted = sum(not source.listed for source in absent), len(parts) + len(absent)
    longest = max(parts, key=lambda part: part.bars.bars)
    bars = [part.bars for part in parts]

    def mean(shares: Iterable[float]) -> float:
        # What is missing counts as nothing known, or the loss of a poor source would pass for better data.
        return sum(round(share, SHARE_DIGITS) for share in shares) / (wanted - unlisted)

    return replace(
        longest,
        bars=replace(
            longest.bars,
            first=min(part.first for part in bars),
            gaps=max(part.gaps for part in bars),
            inconsistent=max(part.inconsistent for part in bars),
            unusable=max(part.unusable for part in bars),
            repaired=max(part.repaired for part in bars),
            open_interest_unusable=max(part.open_interest_unusable for part in bars),
            open_interest_repeated=max(part.open_interest_repeated for part in bars),
            missing_at_end=max(part.missing_at_end for part in bars),
            open_interest_missing_at_end=max(part.open_interest_missing_at_end for part in bars),
            open_interest_share=mean(part.open_interest_share for part in bars),
            mark_price_share=mean(part.mark_price_share for part in bars),
            has_book=any(part.has_book for part in bars),
        ),
        columns=columns[0],
        columns_of_all=columns[1],
        exchanges=len(parts),
        exchanges_wanted=wanted,
        exchanges_not_listing=unlisted,
    )


def _merged_warnings(
    envelopes: Mapping[str, Envelope],
    absent: Sequence[AbsentSource],
    columns: tuple[int, int],
    data_quality: DataQuality,
) -> tuple[str, ...]:
    warnings = [f"{one.exchange} is {'missing' if one.listed else 'left out'}: {one.reason}." for one in absent]
    if columns[1] < columns[0]:
        fewer = columns[0] - columns[1]
        warnings.append(f"{fewer} of {columns[0]} columns lack an exchange whose bars do not reach there.")
    own = [(name, warning) for name, part in envelopes.items() for warning in part.warnings]
    if data_quality.warnings:
        # The sum's own warning gives the reasons of each.
        own = [(name, warning) for name, warning in own if not warning.startswith(LOW_QUALITY)]
    return (*warnings, *(f"{name}: {warning}" for name, warning in own), *data_quality.warnings)
