"""What holds in every single draw of a cascade's odds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.book_depth import depth_curve
from service.heatmap.cascade.executed_share import ExecutedShare
from service.heatmap.cascade.odds import Unknowns, cascade_odds, draws
from service.heatmap.cascade.shock import Shock
from service.heatmap.cascade.walk import Sweep, walk

PRICE = 100.0
EDGES = np.linspace(60.0, 140.0, 501)
MIDDLE = (EDGES[:-1] + EDGES[1:]) / 2
LONG = np.where((MIDDLE > 94) & (MIDDLE < 97), 1_000.0, 50.0)
STEPS = np.arange(1, 101) * 0.05
BIDS, ASKS = (np.column_stack([PRICE + sign * STEPS, np.full(100, 5.0)]) for sign in (-1, 1))


def ends(shock: Shock, seed: int) -> Floats:
    """Return how far each of fifty draws comes, in the book of an event."""
    rng, share = np.random.default_rng(seed), ExecutedShare(0.2, 0.5, 0.9)
    executed, book = draws(rng, 50, share, (1.0, 5e4, 5.0), Unknowns(), "event")
    sweep = Sweep.of(EDGES, np.stack([LONG, 2 * LONG]), PRICE, "down")
    return walk(depth_curve(BIDS, PRICE, "down"), shock, sweep, executed, book).distance


@given(one=st.floats(-40, -0.1), other=st.floats(-40, -0.1), seed=st.integers(0, 100))
def test_a_larger_move_ends_nearer_in_no_draw(one: float, other: float, seed: int) -> None:
    """Draw by draw, in and past the visible book."""
    large, small = (ends(Shock(move_pct=move), seed) for move in sorted([one, other]))
    assert (large >= small - 1e-12).all()


@given(one=st.floats(100, 200_000), other=st.floats(100, 200_000), seed=st.integers(0, 100))
def test_a_larger_order_ends_nearer_in_no_draw(one: float, other: float, seed: int) -> None:
    """Draw by draw, in and past the visible book."""
    small, large = (ends(Shock(sell_usd=usd), seed) for usd in sorted([one, other]))
    assert (large >= small - 1e-12).all()


def test_less_book_does_not_thin_the_refill() -> None:
    """With next to no book a refill that is certain decides alone: depth drawn from a wide range changes nothing."""
    nothing = np.column_stack([PRICE - STEPS, np.full(100, 1e-9)])
    found = cascade_odds(
        nothing,
        ASKS,
        EDGES,
        LONG,
        np.zeros(500),
        PRICE,
        Shock(move_pct=-4),
        rng=np.random.default_rng(1),
        executed=ExecutedShare(0.3, 0.3, 0.3),
        refill=1e6,
        unknowns=Unknowns(depth=10.0, refill=1.0),
    )
    assert found.move_pct_q90 == pytest.approx(found.move_pct_q10, rel=1e-6)
    assert found.move_pct_q50 < -4


def test_chance_of_each_zone_by_hand() -> None:
    """A move to 98 that forces nothing comes to what begins there or before, and to nothing beyond or behind."""
    zones = [(97.0, 99.0), (97.0, 98.0), (96.0, 97.99), (101.0, 102.0), (99.0, 101.0)]
    none, rng = np.zeros(500), np.random.default_rng(0)
    found = cascade_odds(BIDS, ASKS, EDGES, none, none, PRICE, Shock(move_pct=-2), rng=rng, zones=zones)
    assert found.reach == (1.0, 1.0, 0.0, 0.0, 1.0)
