"""The price axis in queries."""

import pytest
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from service.api.query.profile import ProfileQuery


def test_bins_and_their_size_exclude_each_other() -> None:
    """One of the two fixes the axis; both cannot hold."""
    with pytest.raises(ValidationError) as refused:
        ProfileQuery().load(MultiDict({"exchange": "sim", "bins": "5", "bin_size": "5"}))
    assert list(refused.value.messages_dict) == ["bin_size"]


@pytest.mark.parametrize(("text", "bins", "size"), [("bins", 5, None), ("bin_size", None, 5.0)])
def test_either_is_taken(text: str, bins: int | None, size: float | None) -> None:
    """What is left out is None."""
    axis = ProfileQuery().load(MultiDict({"exchange": "sim", text: "5"})).axis
    assert (axis.bins, axis.bin_size, axis.range_pct) == (bins, size, 15.0)
