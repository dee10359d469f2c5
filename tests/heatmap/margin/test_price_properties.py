"""What holds for every rule, whatever the tiers, side, leverage, size and margin mode."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.heatmap.base.errors import BadInput
from service.heatmap.base.side import Side
from service.heatmap.margin import Liquidation, Position, liquidation_price
from service.heatmap.margin.exchange_formulas import RULES
from service.heatmap.margin.tiers import Counted, MarginTiers, flat_tiers

CLOSE = 1e-9
# what each rule counts, in words of this test alone: the exchanges themselves say so in their texts
AT_ENTRY = {"bybit-until-2025-09-02", "kucoin-until-2025-05-22"}
FEES = {"okx", "gate", "gate-until-2025-07-29", "kucoin", "bitget", "bitget-until-2025-11-10", "phemex"}
many = settings(max_examples=4 * settings().max_examples, deadline=None)


@st.composite
def ladders(draw: st.DrawFn, counted_in: Counted = "quote", unit: float = 1.0) -> MarginTiers:
    """Draw tiers as exchanges have them: rates that rise from tier to tier, amounts that leave no jump in between."""
    steps = draw(st.lists(st.tuples(st.floats(1.5, 20.0), st.floats(1.0, 5.0)), max_size=6))
    floor = np.append(0.0, unit * 10_000.0 * np.cumprod([wider for wider, _ in steps]))
    rate = np.minimum(draw(st.floats(0.0005, 0.02)) * np.cumprod([1.0, *(dearer for _, dearer in steps)]), 0.5)
    amount = np.append(0.0, np.cumsum(floor[1:] * np.diff(rate)))
    return MarginTiers(floor, rate, amount, np.maximum(0.5 / rate, 1.0), counted_in=counted_in)


@dataclass(frozen=True)
class Case:
    """One position on one exchange; `rule` is an id of RULES."""

    rule: str
    tiers: MarginTiers
    position: Position

    @property
    def name(self) -> str:
        """Return the rule without the unit of its margin."""
        return self.rule.removesuffix("-inverse")

    @property
    def inverse(self) -> bool:
        """Tell whether it is coin-margined."""
        return self.rule.endswith("-inverse")

    @property
    def away(self) -> int:
        """Return the sign of an adverse move."""
        return -1 if self.position.side is Side.LONG else 1

    def value(self, price: float) -> float:
        """Return what the position is worth at a price, in USD, or in coin where coin-margined."""
        return self.position.size / price if self.inverse else self.position.size * price

    def equity(self, found: Liquidation, price: float) -> float:
        """Return what the account holds at a price."""
        change = self.value(price) - self.value(self.position.entry)
        gain = change * self.away if self.inverse else -change * self.away
        return found.margin + self.position.other_pnl + gain

    def valued_at(self, found: Liquidation) -> float:
        """Return the price at which this exchange values maintenance."""
        assert found.price is not None
        return self.position.entry if self.name in AT_ENTRY else found.price

    def tier(self, found: Liquidation) -> int:
        """Return the tier of the position's value there, in the currency of its margin."""
        worth = self.value(self.valued_at(found))
        return max(i for i, floor in enumerate(self.tiers.floor) if floor <= worth)

    def kept(self, found: Liquidation) -> float:
        """Return the position's maintenance, reckoned from tiers and words alone, in its margin's currency."""
        tier, worth = self.tier(found), self.value(self.valued_at(found))
        return float(self.tiers.maintenance_rate[tier] * worth - self.tiers.maintenance_amount[tier])

    def fee(self, found: Liquidation) -> float:
        """Return the closing fee that must be kept besides."""
        return self.position.taker_fee * self.value(self.valued_at(found)) if self.name in FEES else 0.0


@st.composite
def cases(draw: st.DrawFn, modes: tuple[str, ...] = ("isolated", "cross")) -> Case:
    """Draw a position of 1 to a billion USD under any rule."""
    rule, mode = draw(st.sampled_from(sorted(RULES))), draw(st.sampled_from(modes))
    entry, usd = draw(st.floats(1e-4, 1e5)), 10.0 ** draw(st.floats(0, 9))
    leverage = 1.01 * 100.0 ** draw(st.floats(0, 1))
    position = Position(
        side=draw(st.sampled_from(list(Side))),
        entry=entry,
        size=usd if RULES[rule].inverse else usd / entry,
        leverage=leverage,
        taker_fee=draw(st.floats(0, 0.001)),
    )
    if mode == "cross":
        worth = usd / entry if RULES[rule].inverse else usd
        position = replace(
            position,
            mode="cross",
            margin=worth / leverage,
            other_maintenance=worth * draw(st.floats(0, 0.2)) / leverage,
            other_pnl=worth * draw(st.floats(-0.2, 2.0)) / leverage,
        )
    tiers = ladders("base", 1 / entry) if RULES[rule].inverse else ladders()
    return Case(rule, draw(tiers), position)


def liquidated(case: Case) -> Liquidation:
    """Return the answer, leaving out positions that could not be opened and those that nothing liquidates."""
    found = tried(case)
    assume(found is not None and found.price is not None)
    assert found is not None
    return found


def tried(case: Case) -> Liquidation | None:
    """Return the answer, or None for a position that could not be opened."""
    found = liquidation_price(case.position, case.tiers, case.rule)
    if found.outcome == "could_not_be_opened":
        assert found.price is None
        assert any(warning.startswith("It could not be opened: equity would be") for warning in found.warnings)
        return None
    return found


@many
@given(case=cases())
def test_never_beyond_bankruptcy(case: Case) -> None:
    """Forced closing comes before the margin is gone, never after: that is what maintenance is for."""
    found = liquidated(case)
    assert found.price is not None
    if found.bankruptcy_price is not None:
        assert case.away * (found.bankruptcy_price - found.price) >= -CLOSE * found.price


@many
@given(case=cases())
def test_maintenance_is_never_negative(case: Case) -> None:
    """The tier found asks for nothing less than nothing, of the value it was found at."""
    found = liquidated(case)
    worth = case.value(case.valued_at(found))
    assert found.maintenance_rate is not None
    assert found.maintenance_amount is not None
    assert found.maintenance_rate * worth - found.maintenance_amount >= -CLOSE * worth
    assert found.required is not None
    assert found.required >= case.position.other_maintenance


@many
@given(case=cases())
def test_equity_equals_what_must_be_kept(case: Case) -> None:
    """At the price, margin and profit are what tiers, fee and other positions ask: reckoned anew, to 1e-9."""
    found = liquidated(case)
    assert found.price is not None
    asked = case.kept(found) + case.fee(found) + case.position.other_maintenance
    # What rounding alone makes of a difference of the two values that equity is reckoned from.
    scale = CLOSE * asked + 1e-14 * case.value(min(case.position.entry, found.price, key=case.value)) * 100
    assert case.equity(found, found.price) == pytest.approx(asked, rel=CLOSE, abs=scale)
    assert found.required == pytest.approx(asked, rel=CLOSE, abs=scale)
    assert not found.at_tier_border


@many
@given(case=cases())
def test_it_lies_on_the_losing_side(case: Case) -> None:
    """A long is liquidated below its entry, a short above it."""
    found = liquidated(case)
    assert found.price is not None
    assert case.away * (found.price - case.position.entry) > 0


@many
@given(case=cases())
def test_the_tier_holds_the_value_that_maintenance_is_reckoned_on(case: Case) -> None:
    """The tier is the one of the value at the mark or at the entry, as the exchange has it; coin-margined, in coin."""
    found = liquidated(case)
    price, worth = case.valued_at(found), case.value(case.valued_at(found))
    assert found.tier_notional == pytest.approx(case.position.size * (1 if case.inverse else price), rel=CLOSE)
    assert found.tier is not None
    top = np.append(case.tiers.floor, np.inf)[found.tier + 1]
    assert case.tiers.floor[found.tier] * (1 - CLOSE) <= worth <= top * (1 + CLOSE)
    assert found.maintenance_rate == case.tiers.maintenance_rate[found.tier]
    assert found.maintenance_amount == case.tiers.maintenance_amount[found.tier]


@many
@given(case=cases(), counted=st.floats(0.1, 3.0))
def test_tiers_counted_in_the_contracts_own_size_stay(case: Case, counted: float) -> None:
    """Where borders are numbers of contracts, no move of the price changes the tier: the rate is that of the size."""
    own: Counted = "quote" if case.inverse else "base"
    border = case.position.size * counted
    tiers = MarginTiers(np.array([0.0, border]), np.array([0.004, 0.01]), np.zeros(2), np.ones(2), counted_in=own)
    found = liquidation_price(case.position, tiers, case.rule)
    if found.price is not None:
        assert found.tier == int(counted <= 1.0)
        assert not found.at_tier_border


@many
@given(case=cases(modes=("isolated",)), more=st.floats(1.01, 3.0))
def test_more_leverage_is_nearer(case: Case, more: float) -> None:
    """With more leverage the price is strictly nearer, or the position cannot be opened; never further or none."""
    assert case.position.leverage is not None
    far = tried(case)
    near = tried(replace(case, position=replace(case.position, leverage=case.position.leverage * more)))
    if far is None:
        assert near is None
    elif far.price is not None and near is not None:
        assert near.price is not None
        assert case.away * (far.price - near.price) > 0


@pytest.mark.parametrize("rule", sorted(AT_ENTRY))
def test_a_large_short_valued_at_its_entry(rule: str) -> None:
    """9 coin short at 100, 10x, tiers of 1 % to 950 USD and of 50 % less 465.5 beyond: maintenance is 9 USD, of tier 0.

    At the price it is liquidated at, 109, it is worth 981 and would fall in tier 1, which asks 900 x 50 % - 465.5 of
    the value at the entry: less than nothing, so that it would stand until 111.7, past bankruptcy at 110.
    """
    tiers = MarginTiers(np.array([0.0, 950.0]), np.array([0.01, 0.5]), np.array([0.0, 465.5]), np.array([50.0, 1.0]))
    found = liquidation_price(Position(Side.SHORT, 100, 9, leverage=10), tiers, rule)
    assert (found.tier, found.tier_notional, found.required) == (0, 900.0, 9.0)
    assert found.price == pytest.approx(109.0)
    assert found.notional == pytest.approx(981.0)
    assert found.bankruptcy_price == pytest.approx(110.0)


def test_an_amount_that_is_more_than_the_maintenance_is_refused() -> None:
    """1 % of 90 USD less 2 USD would leave less than nothing to keep: the amount is named, with what there is."""
    says = "maintenance_amount: 2 is more than the 0.888.* that it is deducted from at 88.8"
    with pytest.raises(BadInput, match=says):
        liquidation_price(Position(Side.LONG, 100, 1, leverage=10), flat_tiers(0.01, 2.0), "generic")
    with pytest.raises(BadInput, match="maintenance_amount"):
        liquidation_price(Position(Side.LONG, 100, 1, leverage=1.5), flat_tiers(0.0, 70.0), "generic")
