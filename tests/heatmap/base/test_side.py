import json

import pytest

from service.heatmap.base.side import BySide, Side


def test_the_two_sides_with_their_signs() -> None:
    """Longs gain with a rising price, shorts with a falling one; LONG comes first."""
    assert [(side, side.sign) for side in Side] == [(Side.LONG, 1), (Side.SHORT, -1)]


def test_a_side_is_its_text() -> None:
    """Answers, keys and messages say `long` and `short`."""
    assert [f"{side}" for side in Side] == ["long", "short"]
    assert json.dumps({side: side for side in Side}) == '{"long": "long", "short": "short"}'


def test_anything_else_is_no_side() -> None:
    """A text that names no side is refused where it becomes one."""
    with pytest.raises(ValueError, match="'up' is not a valid Side"):
        Side("up")


def test_what_is_of_either_side() -> None:
    """It is had by name and by side, and longs come first."""
    both = BySide("of longs", "of shorts")
    assert [both[side] for side in Side] == [*both] == [both.long, both.short] == ["of longs", "of shorts"]
