"""Series by bar in answers: times, and amounts that may be null."""

from typing import Any

import numpy as np
from marshmallow import fields
from numpy.typing import NDArray

from service.api.schemas.described import described
from service.heatmap.base import Floats

OPEN_TIMES = "Open times of the bars, epoch ms"
# A coin's smallest parts that are traded, and cents.
COIN_DIGITS, USD_DIGITS = 8, 2


def times(text: str) -> "fields.List[Any]":
    """Return a field of a time for each column."""
    return fields.List(fields.Integer(), required=True, metadata=described(text))


def amounts(text: str) -> "fields.List[Any]":
    """Return a field of an amount for each column, null where it is not known."""
    return fields.List(fields.Float(allow_none=True), required=True, metadata=described(text))


def coin(values: Floats) -> NDArray[np.float64]:
    """Return amounts of coin as they are written; NaN is written as null."""
    return np.round(values, COIN_DIGITS)


def usd(values: Floats) -> NDArray[np.float64]:
    """Return amounts of USD as they are written."""
    return np.round(values, USD_DIGITS)
