from dataclasses import fields

import numpy as np
import pytest

from service.heatmap.base.bars import Bars
from tests.support.hand_made import HOUR, MIDNIGHT, walk_to

BARS = walk_to([100.0, 101.0, 99.0, 102.0])


def test_length_and_close_times() -> None:
    """There are as many bars as rows, and each closes a step after it opened."""
    assert len(BARS) == 4
    assert BARS.close_time.tolist() == [MIDNIGHT + HOUR * n for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(("start", "stop"), [(0, 2), (1, None), (-2, None), (1, -1), (4, None)])
def test_a_part_is_a_slice_of_every_array(start: int, stop: int | None) -> None:
    """All arrays are cut alike, and the step stays."""
    part = BARS.part(start, stop)
    assert isinstance(part, Bars)
    assert part.step == BARS.step
    for field in fields(Bars):
        if field.name != "step":
            np.testing.assert_array_equal(getattr(part, field.name), getattr(BARS, field.name)[start:stop])
