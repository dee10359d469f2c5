"""Column heat: the heat of a map's columns, worked out where it is looked at.

Of the past little is looked at: where price came next, and how far the run of hot bins goes on that lies there.
Compiled in heat_loop.c where there was a compiler; without one all heat is worked out at the first look. Both give the
same bytes.
"""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Span, Times
from service.heatmap.base.compiled import LIBRARY, Layout, Value, function
from service.heatmap.base.side import BySide, Side
from service.heatmap.density.heat import heat_of, heat_scale
from service.heatmap.density.heat_loop import BLOCK

COLUMN_HEAT = Layout(
    "column_heat",
    *("length", "blocks", "narrow_reach", "broad_reach", "=softness", "*long_side", "*short_side", "*narrow", "*broad"),
    *("*heat", "#known", "#in_hand", "*most", "*padded", "*share", "*near", "*around"),
)
WANTED_HEAT = Layout("wanted_heat", "ranges", "#of", "#column", "#begin", "#end")
_BEGIN = function(LIBRARY, "begin_heat", COLUMN_HEAT)
_FIND = function(LIBRARY, "find_wanted_heat", WANTED_HEAT, COLUMN_HEAT)


class ColumnHeat:
    """The heat of what stands in T columns of B bins.

    sides  float64[T, B] by side: what stands
    """

    def __init__(
        self, long: NDArray[np.floating], short: NDArray[np.floating], step: float, heat: Floats | None = None
    ) -> None:
        """Take what stands in bins that are `step` wide in log price; its heat, float64[T, B], where it is known."""
        self.sides = BySide(*(np.ascontiguousarray(side, dtype=np.float64) for side in (long, short)))
        (columns, length), self._step = self.sides.long.shape, step
        self._heat = np.empty((columns, length)) if heat is None else heat
        make = np.zeros if heat is None else np.ones
        self._known = make((columns, -(-length // BLOCK)), dtype=np.int64)
        self._given = self._arrays()
        self.struct = COLUMN_HEAT.many([COLUMN_HEAT.filled(self._given)])
        if _BEGIN is not None:
            _BEGIN(self.struct[0])

    @property
    def whole(self) -> Floats:
        """Return the heat of all bins of all columns, float64[T, B]."""
        return self.bins((0, self._heat.shape[1]))

    def bins(self, span: Span) -> Floats:
        """Return the heat of half-open bins of all columns, float64[T, bins]."""
        every = np.arange(len(self._heat))
        self._find(every, np.full(len(every), span[0]), np.full(len(every), span[1]))
        return self._heat[:, slice(*span)]

    def cells(self, column: Times, place: Times) -> Floats:
        """Return the heat of single bins, float64[n]; int64[n] both."""
        self._find(column, place, place + 1)
        cells: Floats = self._heat[column, place]
        return cells

    def _find(self, column: Times, begin: Times, end: Times) -> None:
        """Work out the heat of ranges of bins, half-open, int64[n] each."""
        if _FIND is not None:
            ranges = {"column": column, "begin": begin, "end": end}
            given = {name: np.ascontiguousarray(each) for name, each in ranges.items()}
            _FIND(WANTED_HEAT.filled({"ranges": len(column), "of": self.struct, **given}))
        elif not self._known.all():
            self._heat[:] = heat_of(np.add(*self.sides), self._step)
            self._known[:] = 1

    def _arrays(self) -> dict[str, Value]:
        """Return what the compiled loop reads and writes; it is kept as long as this is."""
        scale, length = heat_scale(self._step), self._heat.shape[1]
        blocks, reach = self._known.shape[1], max(len(scale.narrow), len(scale.broad)) - 1
        room = {name: np.empty((blocks + 1) * BLOCK) for name in ("share", "near", "around")}
        reaches = {"narrow_reach": len(scale.narrow) - 1, "broad_reach": len(scale.broad) - 1}
        sides = {f"{side}_side": grid for side, grid in zip(Side, self.sides, strict=True)}
        room["padded"] = np.empty((blocks + 1) * BLOCK + 2 * reach)
        state = {"heat": self._heat, "known": self._known, "in_hand": np.empty(1, np.int64), "most": np.empty(1)}
        return {"length": length, "blocks": blocks} | reaches | scale._asdict() | sides | state | room
