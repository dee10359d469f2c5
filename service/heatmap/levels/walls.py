"""Walls: prices where the order book stands unusually deep."""

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.levels.level import Level, LevelKind
from service.heatmap.levels.rules import LevelRules


def book_walls(levels: Floats | None, kind: LevelKind, rules: LevelRules) -> list[Level]:
    """Return the largest walls of one side of the book, float64[n, 2] rows of (price, base amount).

    The visible prices are cut into equal cells; a wall is a cell holding at least `wall_multiple` times the median of
    the cells that hold anything. The same quote currency in one level or spread over a cell is the same wall.
    """
    if levels is None or len(levels) < rules.wall_cells // 10:
        return []
    price, worth = levels[:, 0], levels[:, 0] * levels[:, 1]
    low, high = float(price.min()), float(price.max())
    width = (high - low) / rules.wall_cells
    if width <= 0:
        return []
    cell = np.minimum((price - low) / width, rules.wall_cells - 1).astype(np.int64)
    held = np.bincount(cell, worth, minlength=rules.wall_cells)
    typical = float(np.median(held[held > 0])) if (held > 0).any() else 0.0
    largest = np.argsort(-held, kind="stable")[: rules.walls_kept]
    return [
        _wall(kind, price[cell == i], worth[cell == i])
        for i in largest.tolist()
        if held[i] >= rules.wall_multiple * typical > 0
    ]


def _wall(kind: LevelKind, price: Floats, worth: Floats) -> Level:
    size = float(worth.sum())
    return Level(kind, float(worth @ price) / size, float(price.min()), float(price.max()), size=size)
