from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.cascade import run_cascade
from service.heatmap.cascade.shock import Shock
from tests.support.even_book import ASKS, BIDS, EDGES, NOTHING, PRICE, books, clump, profiles, run


@given(book=books, share=st.floats(0.001, 0.999))
def test_no_liquidations_is_walking_the_book(book: Floats, share: float) -> None:
    """With an empty map an order stops at the very level at which a walk through the book fills it."""
    order = share * float(np.sum(book[:, 0] * book[:, 1]))
    left, last = order, PRICE
    for level, amount in book:
        last = level
        left -= level * amount
        if left <= 0:
            break
    found = run_cascade(book, ASKS, EDGES, NOTHING, NOTHING, PRICE, Shock(sell_usd=order))
    assert found.terminal_price == pytest.approx(last, rel=1e-12)
    assert found.amplification == 1.0
    assert found.forced_usd == 0
    assert found.book_usd == pytest.approx(order)
    assert len(found.stages) == 1
    assert found.absorbed


@pytest.mark.parametrize("move", [-7.3, -0.01, 0.4, 5.0])
def test_no_liquidations_leaves_a_move_as_it_is(move: float) -> None:
    """With an empty map a move stays exactly that move."""
    found = run(Shock(move_pct=move))
    assert found.terminal_move_pct == pytest.approx(move, rel=1e-14)
    assert found.amplification == 1.0


@pytest.mark.parametrize("move", [-6.0, -0.25, 0.25, 3.5])
def test_infinite_book_is_the_shock_itself(move: float) -> None:
    """With a book without bottom the price goes where the shock takes it and no further, whatever is forced."""
    bottomless = BIDS * [1, 1e30]
    found = run_cascade(bottomless, ASKS * [1, 1e30], EDGES, NOTHING + 1e6, NOTHING + 1e6, PRICE, Shock(move_pct=move))
    assert found.terminal_move_pct == pytest.approx(move, rel=1e-14)
    assert found.forced_usd > 0
    order = run(Shock(sell_usd=1e9), long=NOTHING + 1e6, bids=bottomless)
    assert order.terminal_price == BIDS[0, 0]


def test_worked_by_hand() -> None:
    """2,000 USD fill two levels, to 99.50, and force 600 of 4,000 that stand from 99.65 to 98.65.

    Half of those take 300 of the third level, at 99.25, where 1,600 are forced: 500 more, which the third level still
    has. There it rests, with 2,800 taken of 3,000.
    """
    edges = np.array([90.0, 98.65, 99.65, 110.0])
    long = np.array([0.0, 4_000.0, 0.0])
    found = run_cascade(BIDS, ASKS, edges, long, np.zeros(3), PRICE, Shock(sell_usd=2_000), executed=0.5)
    assert [stage.price for stage in found.stages] == pytest.approx([99.5, 99.25])
    assert [stage.forced_usd for stage in found.stages] == pytest.approx([600, 1_600])
    assert [stage.book_usd for stage in found.stages] == pytest.approx([2_000, 2_800])
    assert found.amplification == pytest.approx(1.5)
    assert found.executed_usd == pytest.approx(800)
    assert found.book_usd == pytest.approx(2_000 + 800)


def slow(book: Floats, long: Floats, order: float, executed: float) -> float:
    """Fill round after round of forced orders level by level, as an exchange would, until nothing more is forced."""
    resting = [[level, level * amount] for level, amount in book]
    price, forced_before, to_fill = PRICE, 0.0, order
    while to_fill > 1e-9:
        for row in resting:
            filled = min(row[1], to_fill)
            row[1] -= filled
            to_fill -= filled
            if filled > 0:
                price = min(price, row[0])
            if to_fill <= 1e-9:
                break
        forced = sum(
            usd * max(0.0, min(high, PRICE) - max(low, price)) / (high - low)
            for (low, high), usd in zip(pairwise(EDGES), long, strict=True)
        )
        to_fill, forced_before = executed * (forced - forced_before), forced
    return price


@given(
    usd=st.lists(st.floats(0, 2_000), min_size=200, max_size=200), order=st.floats(100, 5_000), phi=st.floats(0.1, 1)
)
def test_same_as_round_by_round(usd: list[float], order: float, phi: float) -> None:
    """The balance gives the price at which round-by-round filling ends, where the visible book is deep enough."""
    long = np.array(usd) / 4
    deep = np.column_stack([PRICE - np.arange(1, 196) * 0.25, 1_000 / (PRICE - np.arange(1, 196) * 0.25)])
    found = run_cascade(deep, ASKS, EDGES, long, NOTHING, PRICE, Shock(sell_usd=order), executed=phi)
    assert found.terminal_price == pytest.approx(slow(deep, long, order, phi), abs=1e-9)
    assert found.stages[-1].price == found.terminal_price


@given(
    long=profiles,
    short=profiles,
    one=st.floats(0.01, 60),
    other=st.floats(0.01, 60),
    kind=st.sampled_from(["down", "up", "sell_usd", "buy_usd"]),
)
def test_larger_shock_never_moves_less(long: Floats, short: Floats, one: float, other: float, kind: str) -> None:
    """A larger move or order ends at least as far away, inside and past the visible book."""
    small, large = (abs(run(shock, long, short).terminal_move_pct) for shock in both(kind, *sorted([one, other])))
    assert large >= small - 1e-9


def both(kind: str, small: float, large: float) -> list[Shock]:
    """Return a smaller and a larger shock of one kind."""
    if kind in {"down", "up"}:
        return [Shock(move_pct=size if kind == "up" else -size) for size in (small, large)]
    return [Shock(**{kind: size * 2_000}) for size in (small, large)]


@given(long=profiles, more=st.floats(1, 3), order=st.floats(100, 50_000))
def test_more_inventory_never_moves_less(long: Floats, more: float, order: float) -> None:
    """More to liquidate, more of it executed or less of a book never end nearer."""
    base = abs(run(Shock(sell_usd=order), long, executed=0.5).terminal_move_pct)
    assert abs(run(Shock(sell_usd=order), long * more, executed=0.5).terminal_move_pct) >= base - 1e-9
    assert abs(run(Shock(sell_usd=order), long, executed=0.9).terminal_move_pct) >= base - 1e-9
    assert abs(run(Shock(sell_usd=order), long, executed=0.5, depth=0.5).terminal_move_pct) >= base - 1e-9


def test_up_mirrors_down() -> None:
    """Buying into shorts goes up as selling into longs goes down."""
    up = run(Shock(buy_usd=2_500), short=clump(101, 103, 6_000))
    assert up.direction == "up"
    assert up.terminal_price > PRICE
    assert run(Shock(buy_usd=2_500), long=clump(101, 103, 6_000)).forced_usd == 0
    assert up.near[0] < up.far[0]


def test_past_the_visible_book() -> None:
    """An order of twice the visible book rests at twice its depth, by the power law of an even book, and says so."""
    found = run(Shock(sell_usd=80_000))
    assert found.book_end_price == pytest.approx(90.0)
    assert found.depth_exponent == pytest.approx(1.0, abs=1e-6)
    assert found.terminal_price == pytest.approx(80.0, abs=0.01)
    assert found.extrapolated
    assert found.absorbed
    assert not run(Shock(sell_usd=30_000)).extrapolated


def test_the_last_level_is_still_seen() -> None:
    """An order of just the visible book rests at its last level, which is not extrapolated; a little more is."""
    just, more = (run(Shock(sell_usd=usd)) for usd in (39_999.9, 40_100.0))
    assert (just.terminal_price, just.extrapolated) == (pytest.approx(90.0), False)
    assert more.terminal_price < 90.0
    assert more.extrapolated
    assert just.book_end_price == more.book_end_price == pytest.approx(90.0)
    assert run(Shock(buy_usd=100.0)).book_end_price == pytest.approx(110.0)


def test_not_absorbed() -> None:
    """An order that nothing could take ends at the furthest price considered and says so."""
    found = run(Shock(sell_usd=1e12))
    assert not found.absorbed
    assert found.terminal_move_pct == pytest.approx(-95.0)


def test_answer_is_json() -> None:
    """The answer is plain numbers: it encodes without help."""
    found = run(Shock(move_pct=-5.0), long=clump(95, 96, 8_000))
    assert orjson.loads(orjson.dumps(asdict(found)))["stages"][-1]["price"] == found.terminal_price


def test_standing_behind_the_price_is_left_alone() -> None:
    """Longs above and shorts below the price are not forced again."""
    assert run(Shock(move_pct=-5.0), long=clump(100, 120, 1e6), short=clump(80, 100, 1e6)).forced_usd == 0


@pytest.mark.parametrize(
    ("shock", "says"),
    [
        (Shock(), "exactly one of move_pct, sell_usd and buy_usd"),
        (Shock(move_pct=1, sell_usd=2), "exactly one"),
        (Shock(move_pct=0), "move_pct must be -90 to 200 and not 0"),
        (Shock(move_pct=-95), "move_pct must be -90 to 200"),
        (Shock(move_pct=float("nan")), "move_pct must be -90 to 200"),
        (Shock(sell_usd=0), "sell_usd must be above 0"),
        (Shock(buy_usd=float("inf")), "buy_usd must be above 0 and finite"),
    ],
)
def test_bad_shock(shock: Shock, says: str) -> None:
    """A shock that is none, two or out of range is refused with the field."""
    with pytest.raises(ValueError, match=says):
        run(shock)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"bids": np.zeros((0, 2))}, "bids must hold at least one level"),
        ({"bids": np.array([[99.0, 0.0]])}, "bids must hold at least one level"),
        ({"bids": np.array([[99.0, np.nan]])}, "bids must hold finite prices"),
        ({"bids": np.array([[99.0, 1.0, 2.0]])}, "bids must be rows of"),
        ({"edges": EDGES[::-1]}, "edges must be"),
        ({"long": NOTHING[1:]}, "long and short must have 200 bins"),
        ({"short": NOTHING - 1}, "long and short must be finite and at least 0"),
        ({"price": 0.0}, "price must be above 0"),
        ({"executed": 1.5}, "executed must be 0 to 1"),
        ({"depth": 0.0}, "depth must be 0.001 to 10"),
    ],
)
def test_bad_input(change: dict[str, Any], says: str) -> None:
    """An unusable book, map, price or share is refused with its name."""
    good: dict[str, Any] = {
        "bids": BIDS,
        "asks": ASKS,
        "edges": EDGES,
        "long": NOTHING,
        "short": NOTHING,
        "price": PRICE,
    }
    with pytest.raises(ValueError, match=says):
        run_cascade(**(good | change), shock=Shock(move_pct=-1.0))
