from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.cascade.book_state import StateName
from service.heatmap.cascade.cascade import run_cascade
from service.heatmap.cascade.executed_share import USUAL, ExecutedShare
from service.heatmap.cascade.odds import CascadeOdds, Unknowns, cascade_odds, draws
from service.heatmap.cascade.shock import Shock

PRICE = 100.0
EDGES = np.linspace(60.0, 140.0, 501)
STEPS = np.arange(1, 101) * 0.05
BIDS = np.column_stack([PRICE - STEPS, np.full(100, 5.0)])
ASKS = np.column_stack([PRICE + STEPS, np.full(100, 5.0)])
MIDDLE = (EDGES[:-1] + EDGES[1:]) / 2
LONG = np.where((MIDDLE > 94) & (MIDDLE < 97), 1_000.0, 50.0)
SHORT = np.where((MIDDLE > 103) & (MIDDLE < 106), 1_000.0, 50.0)
CERTAIN = Unknowns(depth=1.0, refill=1.0)
SHARE = ExecutedShare(0.05, 0.1, 0.2)
SHOCKS = [
    Shock(sell_usd=12_000),
    Shock(buy_usd=12_000),
    Shock(sell_usd=90_000),
    Shock(move_pct=-4),
    Shock(move_pct=9),
]


def odds(shock: Shock, seed: int = 1, **options: Any) -> CascadeOdds:
    """Draw on the book and map above."""
    long, short = options.pop("long", LONG), options.pop("short", SHORT)
    given: dict[str, Any] = {"rng": np.random.default_rng(seed), "executed": SHARE} | options
    return cascade_odds(BIDS, ASKS, EDGES, long, short, PRICE, shock, **given)


def test_same_seed_same_odds() -> None:
    """The draws come from the generator handed in, and from nothing else."""
    shock = Shock(sell_usd=80_000)
    assert odds(shock) == odds(shock)
    assert odds(shock) != odds(shock, seed=2)


@pytest.mark.parametrize("shock", SHOCKS)
def test_without_unknowns_it_is_the_cascade(shock: Shock) -> None:
    """With nothing left open every quantile is the cascade's own terminal move."""
    setting: dict[str, Any] = {"depth": 0.8, "refill": 30_000.0, "minutes": 2.0}
    found = odds(shock, unknowns=CERTAIN, samples=5, executed=ExecutedShare(0.6, 0.6, 0.6), **setting)
    certain = run_cascade(BIDS, ASKS, EDGES, LONG, SHORT, PRICE, shock, executed=0.6, **setting).terminal_move_pct
    assert (found.move_pct_q10, found.move_pct_q50, found.move_pct_q90) == pytest.approx((certain,) * 3)


@pytest.mark.parametrize("shock", [Shock(sell_usd=9_000), Shock(sell_usd=70_000), Shock(move_pct=-3.3)])
@pytest.mark.parametrize("state", ["calm", "event"])
def test_one_by_one(shock: Shock, state: StateName) -> None:
    """The draws done at once give the quantiles of as many single cascades over the ensemble's members in turn."""
    members = np.stack([LONG, 2 * LONG, 0.5 * LONG])
    share, wide = ExecutedShare(0.25, 0.5, 1.0), Unknowns(depth=3.0, refill=4.0)
    executed, book = draws(np.random.default_rng(7), 60, share, (0.8, 20_000.0, 3.0), wide, state)
    single = [
        run_cascade(
            BIDS,
            ASKS,
            EDGES,
            members[i % 3],
            SHORT,
            PRICE,
            shock,
            executed=executed[i],
            depth=book.depth[i],
            returned=book.returned[i],
            refill=book.refill[i],
            minutes=3.0,
        )
        for i in range(60)
    ]
    zones = [(94, 97), (96, 97), (99.99, 101), (103, 104), (90, 95)]
    setting: dict[str, Any] = {"executed": share, "depth": 0.8, "refill": 20_000.0, "minutes": 3.0, "state": state}
    found = odds(shock, seed=7, long=members, samples=60, zones=zones, unknowns=wide, **setting)
    quantiles = (-found.move_pct_q10, -found.move_pct_q50, -found.move_pct_q90)
    moves = [-one.terminal_move_pct for one in single]
    assert quantiles == pytest.approx(np.percentile(moves, [10, 50, 90]), rel=1e-9)
    at_97 = np.mean([one.terminal_price <= 97 for one in single])
    at_95 = np.mean([one.terminal_price <= 95 for one in single])
    assert found.reach == pytest.approx((at_97, at_97, 1.0, 0.0, at_95))
    assert at_97 > 0
    assert found.running_share == np.mean([one.running for one in single])
    assert found.members == 3
    assert found.absorbed_share == np.mean([one.absorbed for one in single])
    assert found.extrapolated_share == np.mean([one.extrapolated for one in single])


@pytest.mark.parametrize("seed", range(3))
def test_draws_lie_evenly_around_the_setting(seed: int) -> None:
    """Depth and refill lie between setting / factor and setting x factor, as evenly as chance never does.

    Executed has the tenths that it is given, and none of the three hangs on another.
    """
    executed, book = draws(np.random.default_rng(seed), 400, USUAL, (0.8, 5e9, 5.0), Unknowns())
    for values, centre in ((book.depth, 0.8), (book.refill, 5e9)):
        share = np.log(values / centre) / np.log(1.5)
        assert -1 <= share.min() < -0.98
        assert 0.98 < share.max() <= 1
        assert np.sort(share) == pytest.approx(np.linspace(-1, 1, 400), abs=0.04)
    assert np.quantile(executed, (0.1, 0.5, 0.9)) == pytest.approx([USUAL.q10, USUAL.q50, USUAL.q90], rel=0.05)
    assert np.abs(np.corrcoef(np.log([executed, book.depth, book.refill])) - np.eye(3)).max() < 0.08


def test_a_state_thins_the_moment_of_the_shock_alone() -> None:
    """What the book comes back to is what is drawn of a calm one, draw by draw."""
    calm, event = (
        draws(np.random.default_rng(3), 100, USUAL, (1.0, 1e6, 5.0), Unknowns(), state)[1]
        for state in ("calm", "event")
    )
    assert (event.depth <= calm.depth).all()
    assert np.median(event.depth) < 0.4 * np.median(calm.depth)
    assert event.returned.tolist() == calm.returned.tolist() == calm.depth.tolist()
    assert event.refill.tolist() == calm.refill.tolist()


@pytest.mark.parametrize("shock", SHOCKS)
def test_half_of_the_draws_lie_on_either_side_of_the_answer(shock: Shock) -> None:
    """The median of the draws is about the answer itself: within a twentieth of the move."""
    found = odds(shock, refill=30_000.0)
    own = run_cascade(BIDS, ASKS, EDGES, LONG, SHORT, PRICE, shock, executed=0.1, refill=30_000.0).terminal_move_pct
    assert found.move_pct_q50 == pytest.approx(own, rel=0.05)


@pytest.mark.parametrize("shock", SHOCKS)
def test_the_seed_hardly_matters(shock: Shock) -> None:
    """Quantiles of the default number of draws agree within 3 % of the move from seed to seed."""
    found = [odds(shock, seed=seed, refill=30_000.0) for seed in range(8)]
    for name in ("move_pct_q10", "move_pct_q50", "move_pct_q90"):
        values = np.abs([getattr(one, name) for one in found])
        assert np.ptp(values) <= 0.03 * values.mean()


@given(one=st.floats(0.05, 30), other=st.floats(0.05, 30), refill=st.floats(0, 1e6))
def test_larger_move_has_no_milder_odds(one: float, other: float, refill: float) -> None:
    """With the same draws a larger move ends nearer in none of them; one draw is its own quantile."""
    for seed in range(2):
        small, large = (
            odds(Shock(move_pct=-size), seed, samples=1, executed=ExecutedShare.about(0.5), refill=refill)
            for size in sorted([one, other])
        )
        assert large.move_pct_q50 <= small.move_pct_q50 + 1e-9


@given(one=st.floats(100, 60_000), other=st.floats(100, 60_000))
def test_larger_order_has_no_milder_odds(one: float, other: float) -> None:
    """With the same draws a larger order never has a nearer quantile or a smaller chance of reaching a zone."""
    small, large = (odds(Shock(sell_usd=size), zones=[(90, 96)], samples=40) for size in sorted([one, other]))
    for name in ("move_pct_q10", "move_pct_q50", "move_pct_q90"):
        assert getattr(large, name) <= getattr(small, name) + 1e-9
    assert large.reach[0] >= small.reach[0]


@pytest.mark.parametrize("shock", [Shock(move_pct=-2.0), Shock(move_pct=2.0)])
def test_chances_that_need_no_draw(shock: Shock) -> None:
    """Around the price 1, behind it 0; ahead, by the near side, 1 as far as the shock goes, 0 where no draw comes."""
    sign = 1 if shock.direction == "up" else -1
    ahead = [(PRICE + sign * near, PRICE + sign * far) for near, far in ((1.0, 1.5), (2.0, 9.0), (39.0, 40.0))]
    behind = (PRICE - sign * 0.01, PRICE - sign * 3.0)
    zones = [(99.0, 101.0), (100.0, 101.0), (99.0, 100.0), *((min(each), max(each)) for each in (*ahead, behind))]
    assert odds(shock, zones=zones).reach == (1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0)


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
        ({"unknowns": Unknowns(depth=0.5)}, r"unknowns\.depth must be 1 to 10, not 0\.5"),
        ({"unknowns": Unknowns(depth=11.0)}, r"unknowns\.depth must be 1 to 10, not 11"),
        ({"unknowns": Unknowns(refill=float("nan"))}, r"unknowns\.refill must be 1 to 10"),
        ({"executed": ExecutedShare(0.5, 1.0, 1.5)}, "executed must be 0 to 1"),
        ({"executed": ExecutedShare(0.5, 0.4, 0.6)}, "executed must be 0 to 1"),
        ({"minutes": 61.0}, "minutes must be 0 to 60"),
        ({"depth": 0.0}, "depth must be 0.001 to 10"),
        ({"refill": -1.0}, "refill must be at least 0"),
        ({"long": np.ones((3, 7))}, "long and short must have 500 bins"),
    ],
)
def test_bad_input(change: dict[str, Any], says: str) -> None:
    """Draws, zones, ranges or ensembles out of range are refused by name."""
    with pytest.raises(ValueError, match=says):
        odds(Shock(move_pct=-1.0), **change)
