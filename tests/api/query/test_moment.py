"""Moments are RFC 3339 with an offset or epoch milliseconds, and nothing else is one."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from service.api.query.moment import Moment
from service.times import rfc3339


@settings(deadline=None)
@given(st.integers(1_000_000_000_000, 4_000_000_000_000))
def test_moments_come_back(moment: int) -> None:
    """What we print is what we read, to the millisecond; epoch ms mean the same."""
    assert Moment().deserialize(rfc3339(moment)) == Moment().deserialize(str(moment)) == moment


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_is_a_moment_by_accident(text: str) -> None:
    """Any text is a moment or a ValidationError, never another error."""
    with contextlib.suppress(ValidationError):
        assert isinstance(Moment().deserialize(text), int)
