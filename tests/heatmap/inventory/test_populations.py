from dataclasses import replace

import numpy as np
import pytest

from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import side_path
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms, curves, typical_venue
from service.heatmap.inventory.closing import FARTHEST
from service.heatmap.inventory.flows import flows_of
from service.heatmap.inventory.inventory import take_inventory
from service.heatmap.inventory.kernel import stand
from service.heatmap.inventory.lattice import STEP
from service.heatmap.inventory.leverage import PRESETS, Mix, parse_mix, preset
from service.heatmap.inventory.populations import (
    CLOSING,
    IN_BAR_PER_SHARE,
    SHARES,
    SHARES_BY_RULE,
    four,
    mix_of_all,
    populations_of,
    two_paces,
)
from service.heatmap.margin import RULES
from service.heatmap.margin.tiers import flat_tiers
from tests.support.kernel_market import MARKS, random_bars

MIXES = (*PRESETS, "fitted", "5:0.3,10:0.7", "1:1")


def mix_named(name: str) -> Mix:
    """Return the mix that a caller asks for by this name."""
    return replace(preset("default"), name=name) if name == "fitted" else parse_mix(name)


@pytest.mark.parametrize("rule", ["binance", "hyperliquid"])
@pytest.mark.parametrize("name", MIXES)
def test_shares_are_all_of_open_interest(name: str, rule: str) -> None:
    """Whatever is asked for, every population has a name and a share of its own, and they sum to 1."""
    populations, _ = populations_of(mix_named(name), rule)
    assert sum(each.share for each in populations) == pytest.approx(1.0)
    assert len({each.name for each in populations}) == len(populations)
    assert all(each.mix.weights.sum() + each.mix.unlevered == pytest.approx(1.0) for each in populations)


@pytest.mark.parametrize("name", ["default", "fitted"])
def test_the_default_is_four_populations(name: str) -> None:
    """By name, with the day's mix as asked for; two of them close the slower the farther the price is."""
    mix = mix_named(name)
    populations, in_bar = populations_of(mix, "binance")
    assert {each.name: each.share for each in populations} == SHARES
    assert [each.closing is CLOSING for each in populations] == [False, True, False, True]
    assert populations[0].mix is mix
    assert in_bar == pytest.approx(0.25)


def test_hyperliquid_has_shares_of_its_own() -> None:
    """More is held there and less is traded by the day, in bars too; by no other rule."""
    own = {rule: populations_of(mix_named("default"), rule) for rule in RULES}
    shares = {rule: tuple(each.share for each in populations) for rule, (populations, _) in own.items()}
    assert shares.pop("hyperliquid") == tuple(SHARES_BY_RULE["hyperliquid"].values())
    assert own["hyperliquid"][1] == pytest.approx(IN_BAR_PER_SHARE * 0.05)
    assert set(shares.values()) == {tuple(SHARES.values())}


@pytest.mark.parametrize("name", ["retail", "degen", "conservative", "5:0.3,10:0.7"])
def test_any_other_mix_stands_for_itself(name: str) -> None:
    """One mix, renewed at two paces, as a caller's own."""
    mix = parse_mix(name)
    populations, in_bar = populations_of(mix, "hyperliquid")
    assert [(each.name, each.share, each.churn, each.closing) for each in populations] == [
        ("fast", 0.75, 1.5, None),
        ("slow", 0.25, 0.125, None),
    ]
    assert all(each.mix is mix for each in populations)
    assert in_bar == 2.0
    assert mix_of_all(populations) is mix


def test_bands_differ_by_what_draws_them() -> None:
    """More of `swing`, at the leverages that other charts draw; the rest is the default's."""
    bands, usual = populations_of(parse_mix("bands"), "binance")[0], four(SHARES)
    assert bands[1].share > 2 * usual[1].share
    assert bands[1].mix.between(np.array([8.0, 12.0, 20.0, 30.0, 40.0, 60.0, 80.0, 120.0]))[::2] == pytest.approx(
        0.25, rel=1e-3
    )
    for n in (0, 2):
        assert bands[n].share == usual[n].share
        assert (bands[n].mix.weights == usual[n].mix.weights).all()


def test_populations_of_a_mix_are_one_object_each_time() -> None:
    """So that what follows from them, such as the mix of all, is found again."""
    one, again = (populations_of(parse_mix("default"), "binance")[0] for _ in range(2))
    assert one is again
    assert mix_of_all(one) is mix_of_all(again)


def test_the_mix_of_all_weighs_by_share() -> None:
    """What lies above a leverage is the shares' sum of what lies above it in each."""
    populations = four(SHARES)
    mix = mix_of_all(populations)
    assert mix.weights.sum() + mix.unlevered == pytest.approx(1.0)
    assert mix.unlevered == pytest.approx(0.5 * SHARES["held"])
    edges = np.array([mix.edges[12], 1e3])
    assert mix.between(edges) == pytest.approx(sum(each.share * each.mix.between(edges) for each in populations))


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("marks", MARKS)
def test_each_population_holds_its_share(side: Side, marks: str) -> None:
    """After every bar each population stands for its share of open interest, to 1e-9, closing by distance or not."""
    bars = random_bars(3, 60, marks=marks)
    assumptions, venue = Assumptions(), typical_venue()
    flow = flows_of(bars)
    parts = assumptions.one_side(curves(assumptions, venue)[side])
    found = stand(side_path(bars, side), flow, parts)
    assert found.levered + found.unlevered == pytest.approx(flow.open_interest, rel=1e-9)
    for part in parts:
        alone = stand(side_path(bars, side), flow, [part])
        assert alone.levered + alone.unlevered == pytest.approx(part.share * flow.open_interest, rel=1e-9)


@pytest.mark.parametrize("side", Side)
def test_the_lattice_reaches_as_far_as_closing_differs(side: Side) -> None:
    """Whatever is asked for, prices count up to half a log unit past the farthest one visited."""
    bars = random_bars(3, 40)
    inventory = take_inventory(bars, Assumptions(), typical_venue())
    standing = inventory.sides[side]
    end = (standing.start + standing.lattice.shape[1] - 1) * STEP
    assert end >= inventory.paths[side].far.max() + FARTHEST


def test_reaching_farther_changes_nothing() -> None:
    """Bars whose last one crashes make a longer lattice, and leave what was swept before as it was."""
    bars = random_bars(5, 60)
    low = bars.low.copy()
    low[-1] *= 0.3
    crashed = replace(bars, low=low, mark_low=low)
    one, two = (take_inventory(each, Assumptions(), typical_venue()).sides for each in (bars, crashed))
    assert two[Side.LONG].lattice.shape[1] > one[Side.LONG].lattice.shape[1] + 500
    for side in Side:
        assert two[side].swept[:-1].tobytes() == one[side].swept[:-1].tobytes()


@pytest.mark.parametrize("most", [2.5, 3.0, 5.0, 20.0, 50.0])
@pytest.mark.parametrize("name", ["default", "bands"])
def test_markets_of_little_leverage(name: str, most: float) -> None:
    """Where a market allows none of the sliders' leverages, what would be there has what is allowed."""
    venue = VenueTerms("hyperliquid", flat_tiers(0.5 / most, max_leverage=most))
    for by_population in curves(Assumptions.of(parse_mix(name), "hyperliquid"), venue).values():
        for curve in by_population:
            assert curve.leverage.max() <= most
            assert curve.share.sum() == pytest.approx(1.0)


def test_one_mix_is_one_curve() -> None:
    """Populations of one mix share its curve, which the kernel then tabulates once."""
    both = curves(Assumptions(two_paces(parse_mix("retail"))), typical_venue())[Side.LONG]
    assert both[0] is both[1]
