"""The cascade ratio is what is forced within 3 % over the book of an event there, counted by hand."""

import numpy as np
import pytest

from service.heatmap.base.side import BySide
from service.heatmap.cascade.executed_share import USUAL
from service.heatmap.cascade.fragility import WITHIN, Fragility, fragility_of

PRICE = 100.0
STEPS = np.arange(1, 101) * 0.05
BIDS = np.column_stack([PRICE - STEPS, np.full(100, 5.0)])
ASKS = np.column_stack([PRICE + STEPS, np.full(100, 10.0)])
EDGES = np.linspace(80.0, 120.0, 401)
LONG = np.where(EDGES[:-1] < PRICE, 1_000.0, 0.0)
SHORT = np.where(EDGES[:-1] >= PRICE, 500.0, 0.0)


def test_counted_by_hand() -> None:
    """30 bins of longs within 3 %, of which the usual share is executed, over a book 3.4 times thinner than seen."""
    found = fragility_of(BIDS, ASKS, EDGES, LONG, SHORT, PRICE)
    assert found.long is not None
    assert found.short is not None
    near = BIDS[:, 0] >= PRICE * (1 - WITHIN) - 1e-9
    seen = float((BIDS[near, 0] * BIDS[near, 1]).sum())
    assert found.long.forced_usd == pytest.approx(USUAL.q50 * 30 * 1_000.0)
    assert found.long.depth_usd == pytest.approx(seen / 3.4, rel=1e-6)
    assert found.long.ratio == pytest.approx(found.long.forced_usd / found.long.depth_usd)
    assert found.short.ratio < found.long.ratio


def test_limits() -> None:
    """An empty map is not fragile, a thinner book is more so, and without a book nothing is said."""
    nothing = np.zeros(400)
    empty = fragility_of(BIDS, ASKS, EDGES, nothing, nothing, PRICE)
    assert [one.ratio for one in empty if one is not None] == [0.0, 0.0]
    thin = fragility_of(BIDS * [1.0, 0.1], ASKS, EDGES, LONG, SHORT, PRICE).long
    usual = fragility_of(BIDS, ASKS, EDGES, LONG, SHORT, PRICE).long
    assert isinstance(thin, Fragility)
    assert isinstance(usual, Fragility)
    assert thin.ratio == pytest.approx(10 * usual.ratio)
    none = fragility_of(np.empty((0, 2)), np.empty((0, 2)), EDGES, LONG, SHORT, PRICE)
    assert none == BySide(None, None)
