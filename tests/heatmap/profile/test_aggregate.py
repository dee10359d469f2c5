from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.side import Side
from service.heatmap.inventory.inventory import Account, Heatmap
from service.heatmap.profile.aggregate import laid_out, summed, summed_profiles
from service.heatmap.profile.newest_column import away_from_price
from service.heatmap.profile.profile import Profile, SideProfile

AXIS = PriceAxis(1.0, 98, 4)
HOUR = 3_600_000


def made(hours: list[int], value: float = 1.0, axis: PriceAxis = AXIS) -> Heatmap:
    """Return a map whose cells tell the hour and the bin: hour + bin / 10 times `value`; shorts are ten times that."""
    grid = value * (np.array(hours, dtype=np.float64)[:, None] + np.arange(axis.count) / 10.0)
    account = Account(*(value * n for n in range(1, 8)))
    accounts = {Side.LONG: account, Side.SHORT: Account(*(10.0 * value * n for n in range(1, 8)))}
    return Heatmap(axis, HOUR * np.array(hours, dtype=np.int64), grid, 10.0 * grid, accounts)


def side(notional: list[float], leverage: list[float], which: Side) -> SideProfile:
    """Return one side of a profile with two leverage bands, the lower of which holds a quarter."""
    mass: Floats = np.array(notional)
    return SideProfile(
        notional=mass,
        cumulative=away_from_price(mass, which),
        by_band=np.stack((0.25 * mass, 0.75 * mass)),
        average_leverage=np.array(leverage),
        total=float(mass.sum()),
        standing=2.0 * float(mass.sum()),
        passed=0.5 * float(mass.sum()),
    )


def one_profile(long: list[float], short: list[float], leverage: list[float], price: float = 100.0) -> Profile:
    """Return a profile of both sides."""
    sides = {Side.LONG: side(long, leverage, Side.LONG), Side.SHORT: side(short, leverage, Side.SHORT)}
    return Profile(AXIS, price, sides, 0.0, ((1.0, 10.0), (10.0, np.inf)))


def test_columns_that_any_has_are_kept() -> None:
    """Hours 1..4 and 3..4 give 1..4: before its first column a map holds nothing, and a full one is left as it is."""
    maps = {"a": made([1, 2, 3, 4]), "b": made([3, 4], 2.0)}
    laid = laid_out(maps, 9)
    assert laid["a"] is maps["a"]
    assert laid["b"].time.tolist() == [HOUR * n for n in (1, 2, 3, 4)]
    assert laid["b"].long[:, 0].tolist() == [0.0, 0.0, 6.0, 8.0]
    assert laid["b"].short[:, 0].tolist() == [0.0, 0.0, 60.0, 80.0]


def test_what_stood_before_a_gap_stands_in_it() -> None:
    """A column missing in the middle of one map takes nothing away from the sum."""
    laid = laid_out({"a": made([1, 2, 3, 4]), "b": made([1, 2, 4])}, 9)
    assert laid["b"].long[:, 0].tolist() == [1.0, 2.0, 2.0, 4.0]


def test_no_more_columns_than_asked_for() -> None:
    """A gap makes one map reach further back than was asked: the sum does not."""
    laid = laid_out({"a": made([2, 3, 4]), "b": made([1, 3, 4])}, 3)
    for each in laid.values():
        assert each.time.tolist() == [2 * HOUR, 3 * HOUR, 4 * HOUR]
    assert laid["b"].long[:, 0].tolist() == [1.0, 3.0, 4.0]


def test_what_cannot_be_laid_over_each_other_is_refused() -> None:
    """Another axis, or another last close, is named."""
    with pytest.raises(ValueError, match="axis"):
        laid_out({"a": made([1]), "b": made([1], axis=PriceAxis(1.0, 97, 4))}, 9)
    with pytest.raises(ValueError, match="time"):
        laid_out({"a": made([1, 2]), "b": made([1, 2, 3])}, 9)


@given(st.lists(st.floats(0.0, 1e9), min_size=1, max_size=5))
def test_the_sum_conserves_every_cell_and_account(values: list[float]) -> None:
    """However many maps: cells and accounts are the sum of the parts, and one map alone is itself."""
    maps = [made([1, 2], value) for value in values]
    total = summed(maps)
    np.testing.assert_allclose(total.long, sum(m.long for m in maps), rtol=1e-12)
    np.testing.assert_allclose(total.short, sum(m.short for m in maps), rtol=1e-12)
    for which in Side:
        for field in fields(Account):
            parts = [getattr(m.accounts[which], field.name) for m in maps]
            assert getattr(total.accounts[which], field.name) == pytest.approx(sum(parts), rel=1e-12)
    assert summed(maps[:1]) is maps[0]


def test_profiles_add_up_on_paper() -> None:
    """Notional, running sums, bands and totals add; leverage is weighted by notional; imbalance is of the sum."""
    one = one_profile([0.0, 6.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0], [0.0, 10.0, 20.0, 0.0])
    other = one_profile([8.0, 2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 4.0], [5.0, 50.0, 0.0, 40.0])
    total = summed_profiles([one, other], 100.5)
    long, short = total.sides[Side.LONG], total.sides[Side.SHORT]
    assert total.price == 100.5
    assert long.notional.tolist() == [8.0, 8.0, 0.0, 0.0]
    assert long.cumulative.tolist() == [16.0, 8.0, 0.0, 0.0]
    assert short.cumulative.tolist() == [0.0, 0.0, 2.0, 6.0]
    assert long.by_band.tolist() == [[2.0, 2.0, 0.0, 0.0], [6.0, 6.0, 0.0, 0.0]]
    assert long.average_leverage.tolist() == [5.0, 20.0, 0.0, 0.0]
    assert (long.total, short.total) == (16.0, 6.0)
    assert (long.standing, long.passed) == (32.0, 8.0)
    assert total.imbalance == pytest.approx((6.0 - 16.0) / 22.0)


def test_empty_profiles_add_up() -> None:
    """Nothing on either side: no imbalance, and no leverage of nothing."""
    empty = one_profile([0.0] * 4, [0.0] * 4, [0.0] * 4)
    total = summed_profiles([empty, empty], 100.0)
    assert total.imbalance == 0.0
    assert not total.sides[Side.SHORT].average_leverage.any()
    assert summed_profiles([empty], 99.0) is empty
