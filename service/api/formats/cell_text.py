"""Text of cells: a grid whose cells take few different values as JSON, each written from a table of their texts.

Compiled from cell_text.c where there was a compiler; numpy gives the same bytes, more slowly.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from service.heatmap.base import LIBRARY, Floats, Layout, Times, function

# Bytes that a text is given in the table of cell_text.c, its comma included.
ROOM = 16


class Texts(NamedTuple):
    """The texts of whole numbers from `lowest` on.

    lowest  the number of the first text; what lies beyond either end is written as that end
    table   int64[K, 2]  each with a comma, in ROOM bytes
    length  int64[K]     bytes of each, comma included
    """

    lowest: int
    table: Times
    length: Times

    def of(self, numbers: Times) -> list[bytes]:
        """Return the texts of int64[N], each with its comma."""
        at = np.clip(numbers - self.lowest, 0, len(self.length) - 1)
        room = self.table.tobytes()
        return [room[ROOM * place : ROOM * place + self.length[place]] for place in at]


class Scale(NamedTuple):
    """A cell's number: the nearest to cell * times / per, of halves the even one.

    changes  whether that of the column before is taken off
    """

    times: float
    per: float
    changes: bool = False


Writer: TypeAlias = Callable[[Floats, Scale, Texts], bytes]

CELL_TEXT = Layout(
    "cell_text",
    *("columns", "bins", "kinds", "lowest", "changes"),
    *("*cells", "*scale", "#text", "#length", "#before", "#written", "#size"),
)


def texts_of(lowest: int, texts: Sequence[str]) -> Texts:
    """Return the texts of the numbers from `lowest` on; raises ValueError where one is longer than there is room."""
    each = [f"{text},".encode() for text in texts]
    if max(map(len, each)) > ROOM:
        raise ValueError(f"longer than {ROOM - 1}: {max(texts, key=len)}")
    table = np.frombuffer(b"".join(text.ljust(ROOM) for text in each), np.int64).reshape(-1, 2)
    return Texts(lowest, table, np.array([len(text) for text in each], np.int64))


def numpy_cells(cells: Floats, scale: Scale, texts: Texts) -> bytes:
    """Return float64[T, B] as JSON, [[...], ...]."""
    numbers = np.rint(cells * scale.times / scale.per).astype(np.int64)
    if scale.changes:
        numbers = np.diff(numbers, axis=0, prepend=0)
    return b"[%s]" % b",".join(b"[%s]" % b"".join(texts.of(row))[:-1] for row in numbers)


def writer_of(call: Callable[..., None]) -> Writer:
    """Return the compiled loop for use in place of `numpy_cells`."""

    def write(cells: Floats, scale: Scale, texts: Texts) -> bytes:
        if not cells.size:
            return numpy_cells(cells, scale, texts)
        columns, bins = cells.shape
        # A text is written with all its room, over what the next one overwrites.
        most = columns * (bins * int(texts.length.max()) + 2) + 2 + ROOM
        written, size = np.empty(-(-most // 8), np.int64), np.empty(1, np.int64)
        sizes = {"columns": columns, "bins": bins, "kinds": len(texts.length), "changes": scale.changes}
        given = {"cells": np.ascontiguousarray(cells), "scale": np.array([scale.times, scale.per])}
        table = {"text": texts.table, "length": texts.length}
        made = {"before": np.zeros(bins, np.int64), "written": written, "size": size}
        call(CELL_TEXT.filled({**sizes, "lowest": texts.lowest, **given, **table, **made}))
        return written.view(np.uint8)[: size[0]].tobytes()

    return write


_COMPILED = function(LIBRARY, "write_cells", CELL_TEXT)
# The compiled loop if the build made it.
CELLS: Writer = numpy_cells if _COMPILED is None else writer_of(_COMPILED)
