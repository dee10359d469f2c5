from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.cascade import cascade
from service.heatmap.cascade_odds import CascadeOdds, Unknowns, cascade_odds
from service.heatmap.cascade_path import Shock

PRICE = 100.0
EDGES = np.linspace(60.0, 140.0, 501)
STEPS = np.arange(1, 101) * 0.05
BIDS = np.column_stack([PRICE - STEPS, np.full(100, 5.0)])
ASKS = np.column_stack([PRICE + STEPS, np.full(100, 5.0)])
MIDDLE = (EDGES[:-1] + EDGES[1:]) / 2
LONG = np.where((MIDDLE > 94) & (MIDDLE < 97), 1_000.0, 50.0)
SHORT = np.where((MIDDLE > 103) & (MIDDLE < 106), 1_000.0, 50.0)


def odds(shock: Shock, seed: int = 1, **options: Any) -> CascadeOdds:
    """Draw on the book and map above."""
    long, short = options.pop("long", LONG), options.pop("short", SHORT)
    return cascade_odds(BIDS, ASKS, EDGES, long, short, PRICE, shock, rng=np.random.default_rng(seed), **options)


def test_same_seed_same_odds() -> None:
    """The draws come from the generator handed in, and from nothing else."""
    shock = Shock(sell_usd=12_000)
    assert odds(shock) == odds(shock)
    assert odds(shock) != odds(shock, seed=2)


@pytest.mark.parametrize(
    "shock", [Shock(sell_usd=12_000), Shock(buy_usd=12_000), Shock(move_pct=-4), Shock(move_pct=9)]
)
def test_without_unknowns_it_is_the_cascade(shock: Shock) -> None:
    """With nothing left open every quantile is the cascade's own terminal move."""
    found = odds(shock, unknowns=Unknowns(executed=(0.6, 0.6), depth=(0.8, 0.8)), samples=5)
    certain = cascade(BIDS, ASKS, EDGES, LONG, SHORT, PRICE, shock, executed=0.6, depth=0.8).terminal_move_pct
    assert (found.move_pct_q10, found.move_pct_q50, found.move_pct_q90) == pytest.approx((certain,) * 3)


def test_one_by_one() -> None:
    """The draws done at once give the quantiles of as many single cascades over the ensemble's members in turn."""
    members = np.stack([LONG, 2 * LONG, 0.5 * LONG])
    shock = Shock(sell_usd=9_000)
    rng = np.random.default_rng(7)
    executed, depth = rng.uniform(0.4, 1.0, 60), rng.uniform(0.3, 1.0, 60)
    single = [
        cascade(BIDS, ASKS, EDGES, members[i % 3], SHORT, PRICE, shock, executed=executed[i], depth=depth[i])
        for i in range(60)
    ]
    moves = [-one.terminal_move_pct for one in single]
    zones = [(94, 97), (96, 97), (99.99, 101), (103, 104), (90, 95)]
    ranges = Unknowns(executed=(0.4, 1.0), depth=(0.3, 1.0))
    found = odds(shock, seed=7, long=members, samples=60, zones=zones, unknowns=ranges)
    quantiles = (-found.move_pct_q10, -found.move_pct_q50, -found.move_pct_q90)
    assert quantiles == pytest.approx(np.percentile(moves, [10, 50, 90]), rel=1e-9)
    at_97 = np.mean([one.terminal_price <= 97 for one in single])
    at_95 = np.mean([one.terminal_price <= 95 for one in single])
    assert found.reach == pytest.approx((at_97, at_97, 1.0, 0.0, at_95))
    assert 0 < at_95 < at_97
    assert found.members == 3
    assert found.extrapolated_share == np.mean([one.extrapolated for one in single])


@given(one=st.floats(100, 60_000), other=st.floats(100, 60_000))
def test_larger_order_has_no_milder_odds(one: float, other: float) -> None:
    """With the same draws a larger order never has a nearer quantile or a smaller chance of reaching a zone."""
    small, large = (odds(Shock(sell_usd=size), zones=[(90, 96)], samples=40) for size in sorted([one, other]))
    for name in ("move_pct_q10", "move_pct_q50", "move_pct_q90"):
        assert getattr(large, name) <= getattr(small, name) + 1e-9
    assert large.reach[0] >= small.reach[0]


def test_mildest_to_worst() -> None:
    """The quantiles go from the mildest tenth to the worst, on either side."""
    down, up = odds(Shock(sell_usd=9_000)), odds(Shock(buy_usd=9_000))
    assert 0 > down.move_pct_q10 >= down.move_pct_q50 >= down.move_pct_q90
    assert 0 < up.move_pct_q10 <= up.move_pct_q50 <= up.move_pct_q90


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"samples": 0}, "samples must be 1 to 10000"),
        ({"zones": [(97.0, 94.0)]}, "zones must be"),
        ({"unknowns": Unknowns(executed=(0.5, 1.5))}, "executed must be 0.5 to 1"),
        ({"unknowns": Unknowns(depth=(0.0, 1.0))}, "depth must be 0.01 to 1"),
        ({"unknowns": Unknowns(depth=(0.9, 0.5))}, "depth must be 0.9 to 1"),
        ({"long": np.ones((3, 7))}, "long and short must have 500 bins"),
    ],
)
def test_bad_input(change: dict[str, Any], says: str) -> None:
    """Draws, zones, ranges or ensembles out of range are refused by name."""
    with pytest.raises(ValueError, match=says):
        odds(Shock(move_pct=-1.0), **change)
