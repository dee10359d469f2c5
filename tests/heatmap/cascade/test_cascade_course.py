"""The course of a cascade in detail: its stages, R along the path, and what refill takes."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.cascade import refill_rate, run_cascade
from service.heatmap.cascade.shock import Shock
from tests.support.even_book import ASKS, BIDS, EDGES, PRICE, books, clump, profiles, run


@given(long=profiles, order=st.floats(100, 12_000), phi=st.floats(0.05, 0.6))
@example(long=np.full(200, 5_000.0), order=8_000.0, phi=0.6)
def test_each_stage_trades_what_the_one_before_forced(long: Floats, order: float, phi: float) -> None:
    """The first stage is the order alone; each later one ends where order and forced orders so far, as one, would."""
    long = long / 4
    found = run(Shock(sell_usd=order), long, executed=phi)
    assert found.stages[0].price == run(Shock(sell_usd=order)).terminal_price
    for before, stage in pairwise(found.stages):
        asked = order + phi * before.forced_usd
        assert stage.price == pytest.approx(run(Shock(sell_usd=asked)).terminal_price, abs=1e-6)
        assert stage.book_usd == pytest.approx(asked) or stage is found.stages[-1]
    for stage in found.stages:
        assert stage.move_pct == pytest.approx(stage.price - PRICE)
        passed = np.clip((EDGES[1:] - np.maximum(EDGES[:-1], stage.price)) / 0.5, 0, 1)
        assert stage.forced_usd == pytest.approx(float(long[EDGES[1:] <= PRICE] @ passed[EDGES[1:] <= PRICE]), abs=1e-6)
    assert found.stages[-1].price == found.terminal_price


def test_stages_by_hand() -> None:
    """With 2,500 USD standing in each dollar three rounds follow one another, each with what the last one forced.

    8,000 fill to 98 and force 5,000; six tenths of it fill to 97.25, where 1,125 more are traded, to 96.75.
    The 750 that this forces find room at the same level.
    """
    found = run(Shock(sell_usd=8_000), np.full(200, 1_250.0), executed=0.6)
    assert [stage.price for stage in found.stages] == pytest.approx([98.0, 97.25, 96.75])
    assert [stage.forced_usd for stage in found.stages] == pytest.approx([5_000, 6_875, 8_125])
    assert [stage.book_usd for stage in found.stages] == pytest.approx([8_000, 11_000, 8_000 + 0.6 * 8_125])


def test_reproduction_is_forced_over_book() -> None:
    """4,000 USD a dollar is the book; 8,000 a dollar forced at 0.7 make R 1.4, 2,000 make 0.35."""
    found = run(Shock(move_pct=-5.0), long=clump(95, 96, 8_000) + clump(97, 98, 2_000), executed=0.7)
    by_near = {round(near, 9): r for near, r in zip(found.near, found.reproduction, strict=True)}
    assert by_near[96.0] == pytest.approx(1.4)
    assert by_near[98.0] == pytest.approx(0.35)
    assert by_near[97.0] == 0
    assert found.critical_price == pytest.approx(96.0)


def test_reproduction_of_the_bin_around_the_price() -> None:
    """Only the part of its bin that lies ahead counts: half of 1,000 USD over the 1,000 that rest in that half.

    Upwards as downwards; thinner, the book takes less. R is of the shock's moment: what comes in later has no part.
    """
    edges, standing = np.array([98.75, 99.75, 100.25, 101.25]), np.array([0.0, 1_000.0, 0.0])
    for shock in (Shock(move_pct=-0.6), Shock(move_pct=0.6)):
        for options, r in (({}, 0.5), ({"depth": 0.5}, 1.0), ({"refill": 400_000.0}, 0.5)):
            found = run_cascade(BIDS, ASKS, edges, standing, standing, PRICE, shock, executed=1.0, **options)
            assert found.near[0] == PRICE
            assert found.far[0] == pytest.approx(99.75 if found.direction == "down" else 100.25)
            assert found.reproduction[0] == pytest.approx(r)
            assert found.reproduction[1] == 0


def test_reproduction_ends_where_the_price_rests() -> None:
    """Every bin that the price came into is told, and none beyond."""
    found = run(Shock(move_pct=-2.2))
    assert found.near == pytest.approx([100.0, 99.5, 99.0, 98.5, 98.0])
    assert found.far == pytest.approx([99.5, 99.0, 98.5, 98.0, 97.5])


@pytest.mark.parametrize(("nearer", "critical"), [(4_004, 98.0), (3_996, 96.0)])
def test_critical_price_is_the_first(nearer: float, critical: float) -> None:
    """Of several bins with R of 1 or more the nearest is told, by the side from which it is entered."""
    long = clump(97.5, 98, nearer / 2) + clump(95.5, 96, 9_000) + clump(93, 94, 90_000)
    down = run(Shock(move_pct=-0.1), long=long, executed=1.0)
    up = run(Shock(move_pct=0.1), short=long[::-1], executed=1.0)
    assert down.critical_price == pytest.approx(critical)
    assert up.critical_price == pytest.approx(200 - critical)


def test_critical_price_beyond_the_path() -> None:
    """The first price where it would feed itself is told also when the shock does not get there."""
    found = run(Shock(move_pct=-1.0), long=clump(95, 96, 8_000), executed=0.7)
    assert found.terminal_move_pct == pytest.approx(-1.0)
    assert found.critical_price == pytest.approx(96.0)
    assert run(Shock(move_pct=-1.0)).critical_price is None


def test_refill_adds_to_the_book() -> None:
    """Refilled orders take their part of what is forced, from where the shock itself has come.

    A move of 1 % forces 2,000 USD that stand up to 99, where the fourth level holds 1,000: the other half is taken by
    the fifth, at 98.75, or by what is newly placed before it. Of 500,000 USD per unit of move that takes 0.2 %.
    """
    forced = clump(99, 100, 2_000)
    plain, refilled, flooded = (
        run(Shock(move_pct=-1.0), long=forced, executed=1.0, refill=refill, minutes=0.0)
        for refill in (0.0, 500_000.0, 1e12)
    )
    assert plain.terminal_price == pytest.approx(98.75)
    assert refilled.terminal_price == pytest.approx(98.80)
    assert flooded.terminal_price == pytest.approx(99.0, abs=1e-6)
    assert refilled.book_usd == pytest.approx(3_000 + 2_000)


@given(book=books, share=st.floats(0.001, 0.999), refill=st.floats(0, 1e9))
def test_an_order_walks_the_visible_book_first(book: Floats, share: float, refill: float) -> None:
    """With an empty map an order that the visible book can fill ends at the same level, however fast it is refilled."""
    order = share * float(np.sum(book[:, 0] * book[:, 1]))
    plain, refilled = (run(Shock(sell_usd=order), bids=book, refill=rate) for rate in (0.0, refill))
    assert refilled.terminal_price == plain.terminal_price
    assert refilled.stages == plain.stages


def test_past_the_visible_book_an_order_is_refilled() -> None:
    """Of 80,000 USD the visible book takes 40,000; 4,000 a dollar of extrapolated book and as much anew the rest."""
    found = run(Shock(sell_usd=80_000), refill=400_000.0, minutes=0.0)
    assert found.terminal_price == pytest.approx(85.0, abs=0.01)
    assert found.extrapolated


def test_bad_refill() -> None:
    """A refill below 0 is refused."""
    with pytest.raises(ValueError, match="refill must be at least 0"):
        run(Shock(sell_usd=9_000), refill=-1.0)


def test_refill_rate() -> None:
    """200 USD traded over a path of 4 % is 5,000 USD per unit of move; a tenth of it refills the book."""
    assert refill_rate(np.array([150.0, 50.0]), np.array([0.03, 0.01]), 0.1) == pytest.approx(500.0)
    assert refill_rate(np.zeros(2), np.zeros(2), 0.1) == 0.0
