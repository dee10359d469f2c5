"""One account: its tiers move with the mark, and the walk along them ends at the first price that is bad enough."""

import numpy as np
import pytest

from service.heatmap.margin.account import Account, Leg
from service.heatmap.margin.equation import Terms
from service.heatmap.margin.exchange_formulas import RULES
from service.heatmap.margin.tiers import MarginTiers, flat_tiers

# Rates on the whole, without amounts: what must be kept jumps at the border.
JUMPING = MarginTiers(np.array([0.0, 1000.0]), np.array([0.01, 0.05]), np.zeros(2), np.array([50.0, 10.0]))


def leg(sign: int, size: float = 10.0, tiers: MarginTiers | None = None, rule: str = "binance") -> Leg:
    """Return a position entered at 100."""
    return Leg(Terms(RULES[rule], sign, size, 100.0, 0.0), tiers or flat_tiers(0.01))


@pytest.mark.parametrize(("sign", "expected"), [(1, 90.0 / 0.99), (-1, 110.0 / 1.01)])
def test_one_leg_meets_what_it_must_keep(sign: int, expected: float) -> None:
    """Long (E - margin / q) / (1 - m), short (E + margin / q) / (1 + m)."""
    account = Account((leg(sign),), funds=100.0, kept=0.0)
    met = account.first_met(100.0)
    assert met is not None
    assert met[0] == pytest.approx(expected)
    assert account.equity(met[0]) == pytest.approx(account.required(met[0]))
    assert account.downward(100.0) == (sign > 0)


def test_a_tier_changes_on_the_way() -> None:
    """A short's notional grows as price rises: past the border the higher rate holds, and may itself liquidate."""
    account = Account((leg(-1, size=9.0, tiers=JUMPING),), funds=150.0, kept=0.0)
    assert account.legs[0].borders() == [pytest.approx(1000 / 9)]
    met = account.first_met(100.0)
    assert met is not None
    border = 1000 / 9
    assert met[0] == pytest.approx(border)
    assert account.equity(border) > account.required(border, tiers_at=110.0)
    assert account.equity(border) <= account.required(border, tiers_at=112.0) + 1e-9


def test_size_alone_decides_where_the_tier_is_of_the_contracts_own() -> None:
    """Counted in USD, as the size of a coin-margined contract is, a tier does not move with the mark."""
    own = leg(1, size=2000.0, tiers=JUMPING, rule="bybit-inverse")
    assert own.borders() == []
    assert own.tier(-1 / 100.0) == own.tier(-1 / 1.0) == 1


def test_what_no_price_takes() -> None:
    """A long with more margin than it is worth outlives any fall."""
    assert Account((leg(1),), funds=2000.0, kept=0.0).first_met(100.0) is None


def test_legs_of_a_hedge_share_the_wallet() -> None:
    """Only the difference of their sizes loses; equal ones lose nothing and only what they must keep grows."""
    hedged = Account((leg(1, 10.0), leg(-1, 8.0)), funds=100.0, kept=0.0)
    alone = Account((leg(1, 10.0),), funds=100.0, kept=0.0)
    both, one = hedged.first_met(100.0), alone.first_met(100.0)
    assert both is not None
    assert one is not None
    assert both[0] < one[0]
    level = Account((leg(1), leg(-1)), funds=100.0, kept=0.0)
    assert level.equity(50.0) == level.equity(200.0) == 100.0
    assert not level.downward(100.0)
    met = level.first_met(100.0)
    assert met is not None
    assert met[0] == pytest.approx(100.0 / (2 * 10.0 * 0.01))


def test_what_others_must_keep_brings_it_nearer() -> None:
    """Maintenance of other positions comes out of the same funds."""
    free, bound = (Account((leg(1),), 100.0, kept).first_met(100.0) for kept in (0.0, 30.0))
    assert free is not None
    assert bound is not None
    assert bound[0] > free[0]
