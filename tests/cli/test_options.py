"""Each option is parsed once, and what is outside its range is refused with the range."""

import argparse
from collections.abc import Callable

import pytest

from service.cli import options
from service.heatmap.stats import LEAST_RESAMPLES


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (options.whole(0, 65_535), "65535", 65_535),
        (options.whole(-2, 2), "-2", -2),
        (options.number(0.01, 10.0), "1e-2", 0.01),
        (options.resamples, "0", 0),
        (options.resamples, str(LEAST_RESAMPLES), LEAST_RESAMPLES),
        (options.moment, "2026-01-31T12:00Z", 1_769_860_800_000),
        (options.moment, "2026-01-31T14:00+02:00", 1_769_860_800_000),
        (options.moment, "2026-01-31 12:00", 1_769_860_800_000),
    ],
)
def test_within(parse: Callable[[str], float], text: str, value: float) -> None:
    """The ends of each range are within."""
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text", "range_"),
    [
        (options.whole(0, 65_535), "65536", "a whole number from 0 to 65535"),
        (options.whole(0, 9), "1.0", "a whole number from 0 to 9"),
        (options.number(0.01, 10.0), "nan", "a number from 0.01 to 10"),
        (options.number(0.01, 10.0), "much", "a number from 0.01 to 10"),
        (options.resamples, str(LEAST_RESAMPLES - 1), f"{LEAST_RESAMPLES} to 100000, or 0"),
        (options.resamples, "-1", "or 0 for figures without intervals"),
        (options.moment, "yesterday", "ISO 8601"),
        (options.mix, "10:-1", "."),
    ],
)
def test_outside(parse: Callable[[str], object], text: str, range_: str) -> None:
    """The error is argparse's own kind, which names the option, and says what may be."""
    with pytest.raises(argparse.ArgumentTypeError, match=range_):
        parse(text)


def test_a_mix_is_a_preset_or_pairs() -> None:
    """Both forms."""
    assert options.mix("default").name == "default"
    assert options.mix("5:1,20:3") != options.mix("default")
