"""The shares that amounts are told by are those that docs/accuracy.md states, and each names its hours."""

import re
from pathlib import Path

import pytest

from service.heatmap.skill.expected import MEASURED, OTHERS, measured_share

PAGE = Path(__file__).resolve().parents[3] / "docs/accuracy.md"


def test_they_are_the_pages_own() -> None:
    """Tenths, hours and coverage of all hours, coin by coin."""
    row = next(line for line in PAGE.read_text().splitlines() if line.startswith("| all | 0.0"))
    told = re.findall(r"([\d.]+), ([\d.]+), ([\d.]+) \((\d+); (\d+)%\)", row)
    assert len(told) == len(MEASURED)
    for share, figures in zip(MEASURED.values(), told, strict=True):
        numbers = [share.q10, share.q50, share.q90, share.hours, 100 * share.covered]
        assert numbers == pytest.approx([float(figure) for figure in figures])


def test_other_coins_have_that_of_all_three() -> None:
    """Its tenths lie among theirs, its hours are all of theirs."""
    assert measured_share("DOGE") is OTHERS
    assert measured_share("ETH").of.startswith("Binance ETH")
    for name in ("q10", "q50", "q90", "covered"):
        values = [getattr(share, name) for share in MEASURED.values()]
        assert min(values) <= getattr(OTHERS, name) <= max(values)
    assert sum(share.hours for share in MEASURED.values()) == OTHERS.hours


def test_amounts_in_proportion() -> None:
    """Tenths of an amount that is swept."""
    assert measured_share("BTC").times(1e6) == pytest.approx((10_000, 27_000, 73_000))
