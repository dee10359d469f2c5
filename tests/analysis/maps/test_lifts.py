"""The lifts of an answer are the model's own, of the market's map under the assumptions asked for."""

from dataclasses import replace

import numpy as np
import pytest

from service.analysis.maps.lifts import lifts_of
from service.heatmap import BySide
from service.heatmap.lift import band_lifts, flat_map, hours_of, swept_heat
from tests.support.fake_estimate import estimate_of
from tests.support.skill_market import market


@pytest.mark.parametrize("cells", [4_000_000, 100_000], ids=["bins as wide as the zones'", "wider bins"])
def test_lifts_are_of_the_estimates_own_map(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bands by its heat, though it is read off the zones' map where that has it; zones on hours that are scored."""
    monkeypatch.setattr("service.heatmap.lift.band_heat.MOST_CELLS", cells)
    case = market(9, days=40)
    fake = estimate_of()
    made = replace(fake, data=replace(fake.data, bars=case.bars))
    flat, scored = flat_map(case.bars), np.arange(len(case.bars)) >= 300
    found = lifts_of(made, case.liquidated, flat, scored, resamples=50, seed=1)
    hours = hours_of(case.bars, case.liquidated, scored)
    heat = swept_heat(case.bars, made.assumptions, made.venue)
    assert found.bands == band_lifts(hours, heat, flat, resamples=50, seed=1)
    assert 0 < found.zones.zones.hours < sum(len(side.at) for side in hours)
    unknown = BySide(*(np.full(len(case.bars), np.nan) for _ in range(2)))
    assert lifts_of(made, unknown, flat, scored, resamples=50, seed=1).zones.zones.hours == 0
