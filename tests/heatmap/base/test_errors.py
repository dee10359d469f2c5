import pytest

from service.heatmap.base.errors import BadInput


def test_what_is_said_names_the_field() -> None:
    """The text of the error begins with the field; the sentence is of the value alone."""
    error = BadInput("bins", "must be at least 1, not 0")
    assert str(error) == "bins: must be at least 1, not 0"
    assert (error.field, error.sentence) == ("bins", "Must be at least 1, not 0.")


def test_what_is_allowed_follows() -> None:
    """Where the message does not say what can be used, a second sentence does."""
    assert BadInput("mix", "no such preset", "default, retail").sentence == "No such preset. Allowed: default, retail."


def test_it_can_be_caught_as_a_value_error() -> None:
    """Code that knows nothing of the model sees an ordinary error of a value."""
    with pytest.raises(ValueError, match=r"^size: must be above 0$"):
        raise BadInput("size", "must be above 0")
