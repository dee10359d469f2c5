import numpy as np

from service.heatmap.placebo import PlaceboGround, hour_of_day, placebo_entries
from service.heatmap.touch_events import StoodZones, zone_entries
from service.heatmap.volatility import atr
from service.heatmap.zone_rules import ZoneRules
from tests.heatmap.skill_market import walk

RULES = ZoneRules(placebos=3)
BARS = walk(21, 60)
EDGES = np.arange(20.0, 300.0, 0.25)


def random_zones(seed: int) -> StoodZones:
    """Return a zone below and one above the price on every column, at random distances."""
    random = np.random.default_rng(seed)
    count = len(BARS)
    ranges = atr(BARS)
    below = BARS.close - random.uniform(0.3, 2.0, count) * ranges
    above = BARS.close + random.uniform(0.3, 2.0, count) * ranges
    low, high = np.searchsorted(EDGES, below), np.searchsorted(EDGES, above)
    columns = np.arange(count)
    return StoodZones(
        np.concatenate((columns, columns)),
        np.repeat([1, -1], count),
        np.concatenate((low - 4, high)),
        np.concatenate((low, high + 4)),
        columns,
        ranges,
    )


def test_placebos_match_their_touch() -> None:
    """Same side, hour, distance and width in ATR; another bar; entered; and no hot zone of that column in the way."""
    zones = random_zones(1)
    touches, _ = zone_entries(EDGES, zones, BARS)
    placebo, owner = placebo_entries(PlaceboGround(EDGES, zones, BARS), touches, RULES, seed=5)
    assert len(owner) > 100
    mine = touches.take(owner)
    np.testing.assert_array_equal(placebo.sign, mine.sign)
    np.testing.assert_array_equal(hour_of_day(BARS, placebo.bar), hour_of_day(BARS, mine.bar))
    assert (placebo.bar != mine.bar).all()
    for distance in ("near", "far"):
        away = [(BARS.close[e.bar - 1] - getattr(e, distance)) / e.atr for e in (placebo, mine)]
        np.testing.assert_allclose(*away, rtol=1e-9)
    reached = np.where(placebo.sign > 0, BARS.low[placebo.bar] <= placebo.near, BARS.high[placebo.bar] >= placebo.near)
    assert reached.all()
    assert np.bincount(owner).max() <= 3
    for bar, sign, near, far in zip(placebo.bar, placebo.sign, placebo.near, placebo.far, strict=True):
        hot = (zones.column == bar - 1) & (zones.sign == sign)
        low, high = EDGES[zones.first[hot]], EDGES[zones.last[hot]]
        assert (np.maximum(low, min(near, far)) >= np.minimum(high, max(near, far)) - 1e-9).all()


def test_the_seed_decides() -> None:
    """The same seed draws the same placebos, another one others."""
    zones = random_zones(2)
    touches, _ = zone_entries(EDGES, zones, BARS)
    ground = PlaceboGround(EDGES, zones, BARS)
    first, again, other = (placebo_entries(ground, touches, RULES, seed)[0].bar for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert len(first) != len(other) or (first != other).any()


def test_no_touches_no_placebos() -> None:
    """Nothing to match is not an error."""
    zones = random_zones(3)
    touches, _ = zone_entries(EDGES, zones, BARS)
    placebo, owner = placebo_entries(PlaceboGround(EDGES, zones, BARS), touches.take(np.array([], dtype=int)), RULES, 0)
    assert len(placebo.bar) == len(owner) == 0
