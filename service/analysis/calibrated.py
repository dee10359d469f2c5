"""Whose calibration an answer's amounts are told by."""

from service.analysis.envelope import Envelope
from service.heatmap import Assumptions
from service.heatmap.inventory import DEFAULT
from service.heatmap.skill import MeasuredShare, measured_share

# Its default is another: fewer positions are near the price, so that less is swept of which as much is reported.
ANOTHER_DEFAULT = "hyperliquid"


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


def _shares(assumptions: Assumptions) -> list[float]:
    """Return each population's share of open interest, by which mixes of one name may differ."""
    return [population.share for population in assumptions.populations]
