import math
from dataclasses import fields
from typing import Any

import pytest

from service.heatmap.zones.approach import ApproachRules, approach_to
from tests.support.hand_made import bars_of, mirrored, walk_to
from tests.support.rules_docs import rules_in_docstring

RULES = ApproachRules()
FALL = [100.0] * 6


def read(closes: list[float], low: float = 80.0, high: float = 90.0, price: float | None = None) -> tuple[str, float]:
    """Return state and velocity of an approach to a long zone, ATR 1."""
    found = approach_to(low, high, closes[-1] if price is None else price, walk_to(closes), 1.0, RULES)
    return found.state, found.velocity


@pytest.mark.parametrize(
    ("closes", "state", "velocity"),
    [
        ([*FALL, 99.8, 99.6, 99.4, 99.2, 99.0], "approaching", 0.2),
        ([*FALL, 99.0, 98.0, 97.0, 96.0, 95.0], "fast", 1.0),
        ([*FALL, 100.0, 100.0, 100.0, 100.0, 99.95], "far", 0.01),
        ([*FALL, 97.0, 100.0, 97.0, 100.0, 97.0], "far", 0.6),
        ([*FALL, 101.0, 102.0, 103.0, 104.0, 105.0], "far", -1.0),
        ([*FALL, 98.0, 95.0, 92.0, 89.0, 88.0], "inside", 2.0),
        ([*FALL, 95.0, 89.0, 92.0, 95.0, 98.0], "left", -8.0 / 3.0),
        ([*FALL, 89.0, 94.0, 99.0, 99.0, 98.5], "fast", 0.5),
        ([*FALL, 89.0, 95.0, 99.0, 97.0, 95.0], "fast", 2.0),
        ([*FALL, 89.0, 95.0, 94.9, 95.1, 95.05], "left", 0.05),
    ],
)
def test_states(closes: list[float], state: str, velocity: float) -> None:
    """Each state on paper; a zigzag that ends nearer is not an approach, for it walked too far for it."""
    assert read(closes) == (state, pytest.approx(velocity))


@pytest.mark.parametrize(
    ("price", "state", "velocity"),
    [
        (98.0, "left", -8.0 / 3.0),
        (99.0, "left", -9.0 / 3.0),
        (97.0, "fast", 1.0),
        (97.8, "approaching", 0.2),
        (97.95, "left", 0.05),
        (90.0, "inside", 2.0),
    ],
)
def test_the_live_price_decides_whether_price_that_left_comes_back(price: float, state: str, velocity: float) -> None:
    """Out of the zone and up to 98 at the last close: what the price does since then is what counts."""
    closes = [*FALL, 95.0, 89.0, 92.0, 95.0, 98.0]
    assert read(closes, price=price) == (state, pytest.approx(velocity))


@pytest.mark.parametrize(
    ("price", "state", "velocity"),
    [(95.0, "fast", 1.0), (99.9, "far", 0.02), (90.0, "inside", 2.0), (104.0, "far", -0.8)],
)
def test_the_live_price_ends_the_path(price: float, state: str, velocity: float) -> None:
    """Bars that stood still at 100 and a price that has moved since the last close, over five bars."""
    assert read([100.0] * 11, price=price) == (state, pytest.approx(velocity))


def test_a_wick_into_the_zone_by_the_last_bar_is_left_until_price_turns_back() -> None:
    """The last bar met the zone and closed at 93: at that price it is leaving, under it it comes back."""
    bars = bars_of([(100.0, 100.5, 99.5, 100.0)] * 10 + [(100.0, 100.5, 89.0, 93.0)])
    assert approach_to(80.0, 90.0, 93.0, bars, 1.0, RULES).state == "left"
    assert approach_to(80.0, 90.0, 93.0, bars, 1.0, RULES).velocity == pytest.approx(-3.0)
    assert approach_to(80.0, 90.0, 92.0, bars, 1.0, RULES).state == "fast"


def test_only_a_near_zone_is_approached() -> None:
    """The same fall towards a zone over ten ATR away is far."""
    assert read([*FALL, 99.0, 98.0, 97.0, 96.0, 95.0], 70.0, 84.0)[0] == "far"


def test_acceleration_on_paper() -> None:
    """Standing still for five bars, then one ATR a bar: velocity rose by 1 in 5 bars."""
    found = approach_to(80.0, 90.0, 95.0, walk_to([*FALL, 99.0, 98.0, 97.0, 96.0, 95.0]), 1.0, RULES)
    assert found.acceleration == pytest.approx(0.2)
    assert found.efficiency == pytest.approx(1.0)


def test_a_short_history_is_read_as_far_as_it_goes() -> None:
    """One bar has no velocity, three have; neither has an acceleration."""
    assert read([100.0]) == ("far", 0.0)
    assert read([100.0, 99.0, 98.0]) == ("fast", 1.0)
    assert approach_to(80.0, 90.0, 98.0, walk_to([100.0, 99.0, 98.0]), 1.0, RULES).acceleration == 0.0


@pytest.mark.parametrize("closes", [[*FALL, 99.0, 98.0, 97.0, 96.0, 95.0], [*FALL, 95.0, 89.0, 92.0, 95.0, 98.0]])
def test_mirrored_prices_approach_alike(closes: list[float]) -> None:
    """A short zone above is approached as a long zone below."""
    bars = walk_to(closes)
    below = approach_to(80.0, 90.0, closes[-1], bars, 1.0, RULES)
    above = approach_to(110.0, 120.0, 200.0 - closes[-1], mirrored(bars, 100.0), 1.0, RULES)
    assert below == above


@pytest.mark.parametrize(
    "change", [{"bars": 0}, {"efficiency": 1.1}, {"fast_efficiency": 1.1}, {"within_atr": -1.0}, {"velocity": math.nan}]
)
def test_rules_that_cannot_hold_are_refused_by_name(change: dict[str, Any]) -> None:
    """A rule that cannot hold is named."""
    with pytest.raises(ValueError, match=f"^{next(iter(change))}: "):
        ApproachRules(**change)


def test_every_rule_is_documented() -> None:
    """The docstring says what each field is, in their order, and names no other."""
    assert rules_in_docstring(ApproachRules) == [field.name for field in fields(ApproachRules)]
