"""The parameters of a picture."""

import pytest
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from service.api.query.picture import PictureQuery


@pytest.mark.parametrize(
    ("given", "size"), [({}, (1200, 675)), ({"size": "320x240"}, (320, 240)), ({"size": "2400x1600"}, (2400, 1600))]
)
def test_a_size_is_two_numbers(given: dict[str, str], size: tuple[int, int]) -> None:
    """Width first."""
    request = PictureQuery().load(MultiDict({"exchange": "sim"} | given))
    assert request.style.size == size
    assert request.zones


@pytest.mark.parametrize(
    "size", ["", "0x0", "319x240", "320x239", "2401x1600", "2400x1601", "1200", "1200X675", "1e3x9"]
)
def test_other_sizes_are_refused(size: str) -> None:
    """Naming what is allowed."""
    with pytest.raises(ValidationError, match="320x240 to 2400x1600"):
        PictureQuery().load(MultiDict({"exchange": "sim", "size": size}))
