"""What an exchange answered as bytes, and back: plain JSON with arrays of numbers, and nothing that could run."""

import base64
import binascii
import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import orjson
import zstandard
from numpy.typing import NDArray

from service.market.contract import (
    AccountRatio,
    Candles,
    Delisting,
    Funding,
    Liquidations,
    Market,
    OpenInterest,
    OrderBook,
    Tiers,
    TimeSeries,
)

KINDS: Mapping[str, type[Any]] = {
    kind.__name__: kind
    for kind in (AccountRatio, Candles, Delisting, Funding, Liquidations, Market, OpenInterest, OrderBook, Tiers)
}
ARRAYS = {"<f8", "<i8"}
# What a value may grow to when it is unpacked.
MOST_UNPACKED = 64 * 1024**2
LEVEL = 3
# JSON has no number for it, and a cap may be infinite.
INFINITE = {"number": "inf"}


class Unreadable(ValueError):
    """These bytes are no value of ours."""


def packed(value: object) -> bytes:
    """Return a value of KINDS, or a mapping of text to such, as bytes; the same value gives the same bytes."""
    return pack_json(_plain(value))


def pack_json(plain: object) -> bytes:
    """Return what JSON can hold as bytes, the same each time; raises TypeError for anything else."""
    return zstandard.compress(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS), LEVEL)


def unpack_json(data: bytes) -> object:
    """Return what `pack_json` packed; raises Unreadable."""
    try:
        plain: object = orjson.loads(zstandard.ZstdDecompressor().decompress(data, max_output_size=MOST_UNPACKED))
    except (ValueError, zstandard.ZstdError) as error:
        raise Unreadable(str(error)) from None
    return plain


def unpacked(data: bytes) -> object:
    """Return the value of bytes; raises Unreadable for whatever `packed` did not make."""
    try:
        return _value(unpack_json(data))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(str(error)) from None


def _plain(value: object) -> object:
    if type(value).__name__ in KINDS:
        parts = {field.name: _plain(getattr(value, field.name)) for field in fields(KINDS[type(value).__name__])}
        return {"kind": type(value).__name__, "fields": parts}
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, dict):
        return {"map": {str(name): _plain(part) for name, part in value.items()}}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return _plain_figure(value)


def _plain_array(value: NDArray[Any]) -> dict[str, object]:
    kind = "<i8" if value.dtype.kind == "i" else "<f8"
    body = base64.b64encode(np.ascontiguousarray(value, dtype=kind).tobytes()).decode()
    return {"array": kind, "shape": list(value.shape), "bytes": body}


def _plain_figure(value: object) -> object:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and not math.isnan(value):
        return INFINITE if value == math.inf else float(value)
    raise TypeError(f"no value to share: {value!r}")


def _value(plain: object) -> object:
    if isinstance(plain, list):
        return tuple(_value(part) for part in plain)
    if not isinstance(plain, dict):
        return plain
    if plain == INFINITE:
        return math.inf
    if "array" in plain:
        return _array(plain)
    if "map" in plain:
        return {name: _value(part) for name, part in plain["map"].items()}
    value = KINDS[plain["kind"]](**{name: _value(part) for name, part in plain["fields"].items()})
    if isinstance(value, TimeSeries):
        _check(value)
    return value


def _array(plain: dict[str, Any]) -> NDArray[Any]:
    if plain["array"] not in ARRAYS:
        raise Unreadable(f"an array of {plain['array']}")
    try:
        body = base64.b64decode(plain["bytes"], validate=True)
    except binascii.Error as error:
        raise Unreadable(str(error)) from None
    # A copy, for what is read in place cannot be written to.
    return np.frombuffer(body, dtype=plain["array"]).reshape(plain["shape"]).copy()


def _check(series: TimeSeries) -> None:
    """Raise Unreadable unless every column has a value at every time, and times rise."""
    columns = [getattr(series, field.name) for field in fields(series)]
    if any(column.shape != (len(series.time),) for column in columns):
        raise Unreadable("columns of different lengths")
    if series.time.dtype.kind != "i" or np.any(np.diff(series.time) <= 0):
        raise Unreadable("times that do not rise")
