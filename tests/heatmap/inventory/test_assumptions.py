from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.side import Side
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms, curves
from service.heatmap.inventory.leverage import PRESETS, parse_mix, preset
from service.heatmap.margin.exchange_formulas import RULES
from service.heatmap.margin.tiers import MarginTiers, flat_tiers

# The shape of a large perpetual's tiers: rates that rise with size, amounts that keep maintenance continuous.
FLOOR = np.array([0.0, 3e5, 8e5, 3e6, 12e6, 70e6])
RATE = np.array([0.004, 0.005, 0.0065, 0.01, 0.02, 0.025])
AMOUNT = np.append(0.0, np.cumsum(FLOOR[1:] * np.diff(RATE)))
TIERS = MarginTiers(FLOOR, RATE, AMOUNT, np.array([125.0, 100.0, 75.0, 50.0, 25.0, 20.0]))
VENUE = VenueTerms("binance", TIERS)
WEIGHTY = Assumptions(position_notional=10e6)


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("name", PRESETS)
def test_every_rule_and_preset(rule: str, name: str) -> None:
    """Every exchange's rule gives every preset a curve that rises from 0 to 1 with finite distances on both sides."""
    made = curves(Assumptions.of(preset(name)), VenueTerms(rule, TIERS, taker_fee=0.0005))
    assert set(made) == set(Side)
    for curve in (curve for by_population in made.values() for curve in by_population):
        assert np.all(np.diff(curve.u) > 0)
        assert np.all(np.diff(curve.mass) >= 0)
        assert (curve.mass[0], curve.mass[-1]) == (0.0, pytest.approx(1.0))
        assert np.isfinite(curve.u).all()
        assert curve.share.sum() == pytest.approx(1.0)


def test_distances_by_hand() -> None:
    """On one tier a bucket's edges lie where the formula of an isolated position puts them."""
    mix = parse_mix("10:1")
    made = curves(Assumptions.of(mix, liquidation_buffer=0.0), VenueTerms("binance", flat_tiers(0.01)))
    low, high = mix.edges
    assert made[Side.LONG][0].u == pytest.approx([-np.log((1 - 1 / high) / 0.99), -np.log((1 - 1 / low) / 0.99)])
    assert made[Side.SHORT][0].u == pytest.approx([np.log((1 + 1 / high) / 1.01), np.log((1 + 1 / low) / 1.01)])


def test_going_early_brings_liquidation_nearer() -> None:
    """Positions that go before the formula's price are nearer to it, on both sides."""
    usual, early = (curves(Assumptions(liquidation_buffer=early), VENUE) for early in (0.0, 0.002))
    for side in Side:
        assert np.all(early[side][0].u < usual[side][0].u)


def test_leverage_is_capped_by_the_market() -> None:
    """What the market does not allow is moved to what it allows."""
    made = curves(Assumptions.of(preset("degen")), VenueTerms("binance", flat_tiers(0.01, max_leverage=20.0)))
    assert made[Side.LONG][0].leverage.max() <= 20.0
    assert made[Side.LONG][0].mass[-1] == pytest.approx(1.0)


def test_large_positions_meet_higher_tiers() -> None:
    """Large positions of high leverage, which only lower tiers allow, still make a curve that never falls."""
    small, large = curves(Assumptions(), VENUE), curves(WEIGHTY, VENUE)
    for side in Side:
        assert np.all(np.diff(large[side][0].mass) >= 0)
        assert large[side][0].mass[-1] == pytest.approx(1.0)
        assert large[side][0].share.sum() == pytest.approx(1.0)
    assert large[Side.LONG][0].within(np.array([0.02]))[0] != pytest.approx(
        small[Side.LONG][0].within(np.array([0.02]))[0], rel=1e-3
    )


def test_tiers_that_put_a_lower_leverage_nearer() -> None:
    """Buckets on both sides of such a border overlap; the curve is still their sum."""
    curve = curves(WEIGHTY, VENUE)[Side.LONG][0]
    assert np.any(curve.low[1:] < curve.high[:-1] - 1e-6)
    at = np.linspace(0.0, 0.8, 400)
    inside = np.clip((at[:, None] - curve.low) / (curve.high - curve.low), 0.0, 1.0)
    assert curve.within(at) == pytest.approx(inside @ curve.share, abs=1e-12)


@pytest.mark.parametrize("rule", ["bybit-inverse", "okx-inverse"])
def test_shorts_of_hardly_any_leverage_on_inverse_contracts(rule: str) -> None:
    """Where a short's coin covers any price, it is never liquidated: its share stays out of reach, nothing breaks."""
    made = curves(
        Assumptions.of(parse_mix("1.1:0.5,20:0.5"), liquidation_buffer=0.0), VenueTerms(rule, flat_tiers(0.0))
    )
    for side in Side:
        assert made[side][0].mass[-1] <= 1.0 + 1e-12
        assert made[side][0].within(np.array([0.2]))[0] == pytest.approx(0.5)


@given(size=st.floats(100.0, 1e9), levels=st.lists(st.integers(2, 125), min_size=1, max_size=6, unique=True))
def test_any_mix_of_any_size(size: float, levels: list[int]) -> None:
    """Any mix in any size of position gives a curve, or says that nobody can hold it."""
    mix = parse_mix(",".join(f"{level}:1" for level in levels))
    try:
        made = curves(Assumptions.of(mix, position_notional=size), VENUE)
    except ValueError as error:
        assert str(error).startswith("mix: ")  # noqa: PT017 - most mixes are fine
        return
    for curve, _ in made.values():
        assert curve.mass[-1] == pytest.approx(1.0)
        assert np.all(np.diff(curve.u) > 0)


def test_everything_liquidated_on_entry() -> None:
    """A mix of which nobody could stand is refused by name."""
    with pytest.raises(ValueError, match="mix: every leverage in it is liquidated on entry"):
        curves(Assumptions.of(parse_mix("100:1")), VenueTerms("binance", flat_tiers(0.05)))


def test_no_leverage_that_the_market_allows() -> None:
    """A mix wholly above the market's limit is refused by name."""
    with pytest.raises(ValueError, match="mix: no leverage at or under 20x"):
        curves(Assumptions.of(parse_mix("100:1")), VenueTerms("binance", flat_tiers(0.01, max_leverage=20.0)))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rate_on_the_whole_is_stricter_than_one_in_slices(rule: str) -> None:
    """Under a rule that applies the tier's rate to all of a position the map uses it so: nothing is deducted."""
    terms = VenueTerms(rule, TIERS)
    whole = VenueTerms(rule, MarginTiers(FLOOR, RATE, np.zeros(len(RATE)), TIERS.max_leverage))
    made, strict = (curves(Assumptions.of(parse_mix("5:1"), position_notional=10e6), each) for each in (terms, whole))
    same = made[Side.LONG][0].u.tolist() == strict[Side.LONG][0].u.tolist()
    assert same == (not RULES[rule].progressive)


def test_tiers_that_cannot_be_used_are_no_terms() -> None:
    """They are refused where they enter, and not looked at again where they are used."""
    with pytest.raises(ValueError, match=r"tiers\.maintenance_rate must be 0 to"):
        VenueTerms("binance", replace(TIERS, maintenance_rate=-RATE))


def test_a_ladder_for_each_leverage_holds_for_its_part_of_the_map() -> None:
    """Its rate is the factor between the ladders on offer, over the leverage."""
    ladders = tuple((leverage, flat_tiers(factor / leverage)) for leverage, factor in ((10.0, 0.1), (20.0, 0.2)))
    tiers = replace(flat_tiers(0.5, max_leverage=20.0), by_leverage=ladders)
    mix = parse_mix("15:1")
    low, high = mix.edges
    curve, *_ = curves(Assumptions.of(mix, liquidation_buffer=0.0), VenueTerms("htx", tiers))[Side.LONG]
    rates = [(0.1 + (edge - 10.0) / 100.0) / edge for edge in (high, low)]
    expected = [-np.log((1 - 1 / edge) / (1 - rate)) for edge, rate in zip((high, low), rates, strict=True)]
    assert curve.u == pytest.approx(expected)
