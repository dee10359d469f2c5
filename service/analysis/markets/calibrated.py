"""Whose calibration an answer's amounts are told by, and what a cascade takes from it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from service.analysis.markets.envelope import Envelope
from service.heatmap import Assumptions
from service.heatmap.cascade import ExecutedShare
from service.heatmap.inventory import DEFAULT
from service.heatmap.skill import OTHERS, MeasuredShare, measured_share

# Its default mix is another, with fewer positions near the price: less is swept, and as much of it is reported.
ANOTHER_DEFAULT = "hyperliquid"

ExecutedSource: TypeAlias = Literal["caller", "calibration", "stand_in"]


def calibration_of(envelope: Envelope) -> MeasuredShare | None:
    """Return the share of what is swept that is reported; None where it was not measured.

    It was with the default mix and churn alone, not with Hyperliquid's default, and on no simulated market.
    """
    assumed = envelope.assumptions
    if envelope.simulated:
        return None
    default = Assumptions()
    usual = assumed.fast_mix.name == DEFAULT and assumed.churn == default.churn
    usual = usual and _shares(assumed) == _shares(default)
    if not usual or any(source.rule.startswith(ANOTHER_DEFAULT) for source in envelope.sources):
        return None
    return measured_share(envelope.symbol.partition("/")[0])


@dataclass(frozen=True)
class Executed:
    """The share of what is swept that is traded by force, and where it is from.

    source  the caller; the calibration that the answer's amounts are told by; or that of other markets in its place,
            where none was measured under the answer's assumptions
    of      whose hours it was measured on, None where the caller states it
    """

    share: ExecutedShare
    source: ExecutedSource
    of: str | None


def executed_of(envelope: Envelope, given: float | None = None) -> Executed:
    """Return the executed share of an answer: what the caller states, or what was measured."""
    if given is not None:
        return Executed(ExecutedShare.about(given), "caller", None)
    own = calibration_of(envelope)
    share = own or OTHERS
    tenths = ExecutedShare(share.q10, share.q50, share.q90)
    return Executed(tenths, "calibration" if own else "stand_in", share.of)


def _shares(assumptions: Assumptions) -> list[float]:
    """Return each population's share of open interest, by which mixes of one name may differ."""
    return [population.share for population in assumptions.populations]
