"""What the console's options may be: each parsed once, with its range in the error about one that is outside."""

import argparse
import math
from collections.abc import Callable

from service.heatmap import BadInput, parse_mix
from service.heatmap.inventory import Mix
from service.heatmap.stats import LEAST_RESAMPLES
from service.times import parse_iso

MOST_RESAMPLES = 100_000


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return the parser of a whole number from `least` to `most`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise _refused(text, f"a whole number from {least} to {most}")
        return value

    return parse


def number(least: float, most: float) -> Callable[[str], float]:
    """Return the parser of a number from `least` to `most`."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            raise _refused(text, f"a number from {least:g} to {most:g}")
        return value

    return parse


def resamples(text: str) -> int:
    """Parse how many resamples of days are drawn."""
    count = int(text) if text.isdecimal() else -1
    if count != 0 and not LEAST_RESAMPLES <= count <= MOST_RESAMPLES:
        raise _refused(text, f"{LEAST_RESAMPLES} to {MOST_RESAMPLES}, or 0 for figures without intervals")
    return count


def moment(text: str) -> int:
    """Parse a time as ISO 8601, UTC where it has no offset, and return epoch ms."""
    try:
        return parse_iso(text)
    except ValueError:
        raise _refused(text, "ISO 8601, such as 2026-01-31T12:00Z") from None


def moments(text: str) -> list[int]:
    """Parse times with commas between them, each as `moment` does."""
    return [moment(part.strip()) for part in text.split(",")]


def mix(text: str) -> Mix:
    """Parse a leverage mix: a preset's name or leverage:weight,..."""
    try:
        return parse_mix(text)
    except BadInput as error:
        raise argparse.ArgumentTypeError(error.message) from None


def _refused(text: str, allowed: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"must be {allowed}, not {text!r}")
