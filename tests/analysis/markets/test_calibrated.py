"""An answer's amounts are told by a calibration where one was measured under its assumptions, and by none elsewhere."""

from dataclasses import replace

import pytest

from service.analysis.markets.calibrated import calibration_of
from service.heatmap import Assumptions, parse_mix
from service.heatmap.skill import measured_share
from tests.support.fake_estimate import estimate_of

ENVELOPE = estimate_of().envelope(0.0)


def test_the_default_on_a_real_exchange() -> None:
    """By coin."""
    assert calibration_of(ENVELOPE) is measured_share("BTC")
    assert calibration_of(replace(ENVELOPE, symbol="SOL/USDT:USDT")) is measured_share("SOL")


@pytest.mark.parametrize(
    "assumptions",
    [Assumptions.of(parse_mix("degen")), Assumptions.of(parse_mix("bands")), Assumptions(churn=1.0)],
)
def test_other_assumptions_were_not_measured(assumptions: Assumptions) -> None:
    """Another mix or churn sweeps other amounts."""
    assert calibration_of(replace(ENVELOPE, assumptions=assumptions)) is None


def test_neither_was_hyperliquids_default_nor_a_simulated_market() -> None:
    """One such exchange among several is enough."""
    one = ENVELOPE.sources[0]
    assert calibration_of(replace(ENVELOPE, sources=(one, replace(one, rule="hyperliquid")))) is None
    assert calibration_of(replace(ENVELOPE, simulated=True)) is None
