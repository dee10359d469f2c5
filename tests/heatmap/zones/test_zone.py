import pytest

from service.heatmap.zones.rules import ZoneRules
from service.heatmap.zones.zone import COLOURS, colour_of

MARKS = ZoneRules().colours


@pytest.mark.parametrize(("number", "colour"), list(enumerate(COLOURS)))
def test_a_colour_begins_at_its_mark(number: int, colour: str) -> None:
    """Each class reaches from its own mark to just under the next one."""
    low, high = (0.0, *MARKS, 1.1)[number : number + 2]
    assert colour_of(low, MARKS) == colour_of(high - 1e-9, MARKS) == colour
