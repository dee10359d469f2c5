"""What can be scored is checked before anything is fetched."""

from dataclasses import replace
from typing import Any

import pytest

from service.analysis.results.skill import SkillRequest, prepare_skill
from service.heatmap import BadInput
from service.market.contract import NotPublished
from service.times import DAY_MS
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import ASSUMED, market_request

FITTED = replace(ASSUMED, mix=replace(ASSUMED.mix, name="fitted"))


@pytest.mark.parametrize(
    ("market", "resamples", "field"),
    [
        ({"lookback": 365 * DAY_MS}, 1000, "resamples"),
        ({"assumptions": FITTED}, 50, "mix"),
        ({"exchange": "all"}, 50, "exchange"),
    ],
)
def test_what_cannot_be_scored(market: dict[str, Any], resamples: int, field: str) -> None:
    """Too much work, a mix that would be scored on what it was fitted to, or several exchanges."""
    fakes = FakeExchange(), FakeExchange("other")
    with pytest.raises(BadInput) as refused:
        prepare_skill(services_of(*fakes), SkillRequest(market=market_request(**market), resamples=resamples, seed=0))
    assert refused.value.field == field
    assert fakes[0].calls == []


def test_an_exchange_that_publishes_nothing_to_score_on() -> None:
    """It is not asked for anything else."""
    fake = FakeExchange()
    with pytest.raises(NotPublished):
        prepare_skill(services_of(fake), SkillRequest(market=market_request(), resamples=50, seed=0))
    assert fake.calls == []
