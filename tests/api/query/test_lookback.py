"""A look-back is a span from 12 hours to a year, and the contract's pattern says exactly that."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from service.analysis.limits import LEAST_LOOKBACK, MOST_LOOKBACK
from service.api.query.lookback import LOOKBACK_PATTERN, UNITS, Lookback, lookback_field
from service.times import DAY_MS, HOUR_MS


@given(number=st.integers(0, 10_000), unit=st.sampled_from(list(UNITS)))
def test_lookback_and_its_pattern_agree(number: int, unit: str) -> None:
    """What the contract's pattern allows is what is accepted, and the other way round."""
    text = f"{number}{unit}"
    within = LEAST_LOOKBACK <= number * UNITS[unit] <= MOST_LOOKBACK
    assert bool(re.search(LOOKBACK_PATTERN, text)) == within
    if within:
        assert Lookback().deserialize(text) == number * UNITS[unit]
    else:
        with pytest.raises(ValidationError):
            Lookback().deserialize(text)


@pytest.mark.parametrize("text", ["1d", "365d", "12h", "8760h", "1w", "52w", "1M", "12M", "1y"])
def test_lookback_at_its_edges(text: str) -> None:
    """The least and the most of each unit are within."""
    span: Any = Lookback().deserialize(text)  # marshmallow types it as the text it is read from
    assert LEAST_LOOKBACK <= span <= MOST_LOOKBACK
    assert Lookback().deserialize("7d") == 7 * DAY_MS == 168 * HOUR_MS


def test_the_default_is_parsed_as_a_callers_own() -> None:
    """What is left out is the usual span, in ms."""
    assert lookback_field("30d").load_default() == 30 * DAY_MS
