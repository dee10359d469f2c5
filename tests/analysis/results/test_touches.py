"""Past touches are read on an axis around the first column's price, and filtered without a change of the summary."""

from dataclasses import replace

import pytest

from service.analysis.requests import RangeRequest
from service.analysis.results.touches import TouchesRequest, prepare_touches
from service.heatmap import BadInput, Side
from service.times import DAY_MS
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import ASSUMED, market_request

ASKED = TouchesRequest(market=market_request(lookback=10 * DAY_MS), axis=RangeRequest(range_pct=15.0), side=None)


def test_a_side_is_chosen_among_the_rows_alone() -> None:
    """The summary stays that of both sides."""
    services = services_of(FakeExchange())
    whole = prepare_touches(services, ASKED).compute()
    for side in Side:
        found = prepare_touches(services, replace(ASKED, side=side)).compute()
        assert found.touches == tuple(touch for touch in whole.touches if touch.side is side)
        assert found.summary == whole.summary


def test_a_mix_chosen_from_what_came_after_is_refused() -> None:
    """It would look ahead."""
    fitted = replace(ASSUMED, mix=replace(ASSUMED.mix, name="fitted"))
    with pytest.raises(BadInput, match="mix"):
        prepare_touches(services_of(FakeExchange()), replace(ASKED, market=market_request(assumptions=fitted)))
