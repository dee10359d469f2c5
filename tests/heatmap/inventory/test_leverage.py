import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.heatmap.inventory.leverage import (
    BANDS,
    DEFAULT,
    FINE_LEVELS,
    HIGHEST,
    LEVELS,
    LOWEST,
    PRESETS,
    SLIDERS,
    SPREAD,
    parse_mix,
    power_mix,
    preset,
    slider_mix,
)

listed = st.lists(
    st.tuples(st.one_of(st.just(1.0), st.floats(LOWEST, HIGHEST)), st.floats(0.0, 100.0)),
    min_size=1,
    max_size=12,
    unique_by=lambda pair: pair[0],
)


def text_of(pairs: list[tuple[float, float]]) -> str:
    """Return the pairs as a caller writes them."""
    return ",".join(f"{leverage!r}:{weight!r}" for leverage, weight in pairs)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_whole(name: str) -> None:
    """Every preset has its buckets, rising edges, and shares that sum to one."""
    mix, levels = preset(name), FINE_LEVELS if name in {DEFAULT, BANDS} else LEVELS
    assert (mix.name, len(mix.weights), len(mix.edges)) == (name, levels, levels + 1)
    assert np.all(np.diff(mix.edges) > 0)
    assert np.all(mix.weights > 0)
    assert mix.weights.sum() + mix.unlevered == pytest.approx(1.0, abs=1e-12)


def test_the_default_falls_off_with_distance() -> None:
    """Weights of 1/leverage are even in 1/leverage, the distance; the default's fall off by e each 10 % of it."""
    mix = preset("default")
    density = mix.weights / (1.0 / mix.edges[:-1] - 1.0 / mix.edges[1:])
    at = 1.0 / mix.levels
    assert np.log(density[0] / density) == pytest.approx(10.0 * (at - at[0]), abs=1e-9)
    assert mix.quantiles((0.5,))[0] == pytest.approx(13.06, rel=1e-3)


def test_sliders_leave_little_between_them() -> None:
    """Half of a hump lies within 3.4 % of its leverage, and a thousandth at most lies away from all of them."""
    mix = slider_mix("swing")
    total = 0.0
    for leverage, weight in SLIDERS:
        inner, outer = (mix.between(leverage * np.exp(np.array([-1.0, 1.0]) * z * SPREAD))[0] for z in (0.6745, 4.0))
        assert (inner, outer) == (pytest.approx(weight / 18.0, rel=0.05), pytest.approx(weight / 9.0, rel=0.01))
        total += outer
    assert 0.0 < 1.0 - total < 1e-3
    assert (mix.weights > 0.0).all()


def test_shares_between_leverages_add_up() -> None:
    """What lies between edges sums to all there is, and within one bucket it is even in 1/leverage."""
    mix = parse_mix("1:0.2,10:0.8")
    assert mix.between(np.array([1.1, 20.0, 50.0, 125.0])) == pytest.approx([0.8, 0.0, 0.0])
    assert mix.between(np.array([mix.edges[0], mix.levels[0], mix.edges[1]])) == pytest.approx([0.4, 0.4])


def test_quantiles_without_leverage() -> None:
    """Of a mix without leverage every quantile is 1."""
    assert parse_mix("1:1").quantiles((0.1, 0.5)) == [1.0, 1.0]


@given(pairs=listed)
def test_lists_are_whole(pairs: list[tuple[float, float]]) -> None:
    """Whatever list parses has rising edges, non-negative shares that sum to one, and unlevered what 1 was given."""
    total = sum(weight for _, weight in pairs)
    assume(total > 1e-6)
    mix = parse_mix(text_of(pairs))
    assert np.all(np.diff(mix.edges) > 0)
    assert np.all(mix.weights >= 0)
    assert mix.weights.sum() + mix.unlevered == pytest.approx(1.0, abs=1e-9)
    assert mix.unlevered == pytest.approx(dict(pairs).get(1.0, 0.0) / total, abs=1e-12)
    assert mix.edges[0] > 1.0


def test_narrow_buckets() -> None:
    """A listed leverage becomes L / 1.12 .. L * 1.12, and what lies between two holds nothing."""
    mix = parse_mix(" 10:0.7, 5:0.3 ")
    assert mix.edges == pytest.approx([5 / 1.12, 5 * 1.12, 10 / 1.12, 10 * 1.12])
    assert mix.weights == pytest.approx([0.3, 0.0, 0.7])


def test_neighbours_meet_in_the_middle() -> None:
    """Levels too close for their buckets share an edge at their geometric mean, and neither overlaps."""
    mix = parse_mix("10:1,11:1")
    assert mix.edges == pytest.approx([10 / 1.12, np.sqrt(110), 11 * 1.12])
    assert mix.weights == pytest.approx([0.5, 0.5])


def test_the_lowest_leverage_stays_levered() -> None:
    """A bucket near 1 stops half way to it, where a long's liquidation price would be nothing."""
    assert parse_mix("1.1:1").edges == pytest.approx([1.05, 1.1 * 1.12])


def test_everything_unlevered() -> None:
    """A list of nothing but 1 has no levered share at all."""
    mix = parse_mix("1:3")
    assert (mix.unlevered, mix.weights.sum()) == (1.0, 0.0)
    assert mix.capped(50.0) is mix


def test_a_preset_by_name() -> None:
    """A text without a colon is a preset's name."""
    assert parse_mix(" retail ").name == "retail"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "mix: '' is not a preset"),
        ("yolo", r"mix: 'yolo' is not a preset \(default, conservative, retail, degen, bands\)"),
        ("5:0.3,10", "mix: '10' is not leverage:weight"),
        ("5:0.3,", "mix: '' is not leverage:weight"),
        ("5:x", "mix: '5:x' is not leverage:weight"),
        ("5:1:2", "mix: '5:1:2' is not leverage:weight"),
        ("1.05:1", "mix: leverage 1.05 is outside 1"),
        ("501:1", "mix: leverage 501 is outside 1"),
        ("nan:1", "mix: leverage nan is outside 1"),
        ("5:-1", "mix: weight -1 is not"),
        ("5:nan", "mix: weight nan is not"),
        ("5:inf", "mix: weight inf is not"),
        ("5:1,5.0:2", "mix: a leverage is listed twice"),
        ("5:0,10:0", "mix: the weights sum to 0"),
    ],
)
def test_parse_errors_name_the_part(text: str, says: str) -> None:
    """What does not parse is named, in the caller's own words."""
    with pytest.raises(ValueError, match=says):
        parse_mix(text)


@given(pairs=listed, most=st.floats(1.2, 600.0))
def test_capping_keeps_the_sum(pairs: list[tuple[float, float]], most: float) -> None:
    """A capped mix stays whole and never exceeds the cap; where that leaves no leverage, it says so."""
    assume(sum(weight for _, weight in pairs) > 1e-6)
    mix = parse_mix(text_of(pairs))
    if mix.unlevered < 1.0 and mix.weights[mix.edges[:-1] < most].sum() < 1e-9 * mix.weights.sum():
        with pytest.raises(ValueError, match="mix: no leverage at or under"):
            mix.capped(most)
        return
    capped = mix.capped(most)
    assert np.all(np.diff(capped.edges) > 0)
    assert np.all(capped.weights >= 0)
    assert capped.weights.sum() + capped.unlevered == pytest.approx(1.0, abs=1e-9)
    assert capped.unlevered == mix.unlevered
    assert capped.edges[-1] <= most or mix.unlevered == 1.0


def test_capping_in_proportion() -> None:
    """Buckets under the cap keep their proportions, and the one that holds it keeps the part under it."""
    mix = power_mix("x", 2.0, 125.0, -1.0)
    capped = mix.capped(20.0)
    whole = len(capped.weights) - 1
    assert capped.weights[:whole] / capped.weights[0] == pytest.approx(mix.weights[:whole] / mix.weights[0])
    held = (1 / capped.edges[-2] - 1 / 20.0) / (1 / mix.edges[whole] - 1 / mix.edges[whole + 1])
    assert capped.weights[whole] / capped.weights[0] == pytest.approx(held * mix.weights[whole] / mix.weights[0])


def test_levels_lie_in_their_buckets() -> None:
    """A bucket is stood for by the leverage in the middle of its 1/leverage."""
    mix = preset("degen")
    assert np.all((mix.edges[:-1] < mix.levels) & (mix.levels < mix.edges[1:]))
    assert 1 / mix.levels == pytest.approx(0.5 / mix.edges[:-1] + 0.5 / mix.edges[1:])
