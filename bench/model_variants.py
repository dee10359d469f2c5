"""What was tried on the model and can be said as another input to it, by topic."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bench import substitutes as other
from bench.altered_model import Altered
from service.heatmap import Assumptions
from service.heatmap.inventory import AssumedPopulation, Mix, power_mix

# What was tried was tried on model version 1: one mix, even in distance, renewed at two paces.
ONE_MIX = power_mix("one mix", 2.0, 125.0, -1.0)
DEFAULT = Assumptions.of(ONE_MIX)
SERVED = "served"
# Tried with a kernel that was written for the search alone: it treats bins exactly and keeps leverages apart.
NOT_EXPRESSIBLE = (
    "closing hazard by leverage (L^-0.25 to L^1)",
    "5 %, 10 % and 35 % of what is touched survives",
    "distances scaled by volatility",
    "entries along the assumed path, also cut by what it reaches later, or drifting toward the close",
    "a zigzag path within the bar, and the other order of its extremes mixed in",
    "a taper of the distances below the smallest",
    "the first version (bins of 0.08 % of price)",
)


@dataclass(frozen=True, eq=False)
class Variant:
    """One change; a table without the column `needs` leaves it out."""

    topic: str
    name: str
    model: Altered
    needs: str = ""


def assumed(**changes: Any) -> Altered:  # noqa: ANN401 - fields of several types
    """Return the model under other assumptions."""
    return Altered(replace(DEFAULT, **changes))


def remembering(*paces: tuple[float, float]) -> Altered:
    """Return the model with other shares of open interest, each renewed at its own multiple of churn."""
    parts = tuple(AssumedPopulation("", share, ONE_MIX, multiple) for share, multiple in paces)
    return Altered(replace(DEFAULT, populations=parts))


def mixed(low: float = 2.0, high: float = 125.0, exponent: float = -1.0) -> Altered:
    """Return the model with another leverage mix, at a market that allows it."""
    return with_mix(power_mix("mixed", low, high, exponent))


def with_mix(mix: Mix, early: float = DEFAULT.liquidation_buffer) -> Altered:
    """Return the model with that mix, at a market that allows its highest leverage."""
    one = replace(DEFAULT.with_fast_mix(mix), liquidation_buffer=early)
    return Altered(one, most_leverage=max(float(mix.edges[-1]), 125.0))


def pool_mixed(exponent: float) -> Altered:
    """Return the model whose in-bar positions have a mix of their own."""
    return Altered(DEFAULT, in_bar_mix=power_mix("in-bar", 2.0, 125.0, exponent))


def variants() -> list[Variant]:
    """Return every change, topic by topic; the first is none at all, the second the model as it is served."""
    rows = [Variant("", "none", Altered(DEFAULT)), Variant("", SERVED, Altered())]
    for topic, models in (
        ("Without a part that was kept", without_a_part()),
        ("To understand it, no candidates", partial_models()),
        ("Dropped: positions opened and liquidated within a bar", in_bar()),
        ("Dropped: entries", entries()),
        ("Dropped: reach, turnover and memory", turnover()),
        ("Dropped: volume, open interest, seeding", amounts()),
        ("Dropped: leverage mix and distance", mixes()),
        ("Dropped: caution, reporting", caution()),
    ):
        rows += [Variant(topic, name, model, NEEDS.get(name, "")) for name, model in models.items()]
    return rows


def without_a_part() -> dict[str, Altered]:
    """Return the model without each part that was kept."""
    return {
        "no positions opened and closed within the bar": assumed(fast_churn=0.0),
        "their volume from the past alone": Altered(DEFAULT, expected=partial(other.volume_by_range, power=0.0)),
        "no retracements": Altered(DEFAULT, share=partial(other.retraced, share=0.0, size=0.5)),
        "entries even over the whole range": Altered(DEFAULT, entries=partial(other.near_close, width=1.0)),
        "early 0 (formula alone)": assumed(liquidation_buffer=0.0),
        "churn 1": assumed(churn=1.0),
        "memory: one pace for all": remembering((1.0, 1.0)),
        "no caution after volatile days": Altered(DEFAULT, forced=partial(other.cautious, power=0.0)),
    }


def partial_models() -> dict[str, Altered]:
    """Return the model with the most of it taken away, which tells what each input is worth."""
    return {
        "only positions opened and closed within the bar": Altered(DEFAULT, standing=0.0),
        "open interest constant": Altered(DEFAULT, bars=other.level_interest),
    }


def in_bar() -> dict[str, Altered]:
    """Return changes of what is opened and liquidated within a bar."""
    return {
        "volume by range^0.5": Altered(DEFAULT, expected=partial(other.volume_by_range, power=0.5)),
        "volume by range^1.5": Altered(DEFAULT, expected=partial(other.volume_by_range, power=1.5)),
        "retracements 0.5 x 0.4 of the range": Altered(DEFAULT, share=partial(other.retraced, share=0.5, size=0.4)),
        "half-life of recent volume 3 h": assumed(fast_hours=3.0),
        "half-life of recent volume 72 h": assumed(fast_hours=72.0),
        "in-bar weight 1": assumed(fast_churn=1.0),
        "in-bar weight 4": assumed(fast_churn=4.0),
        "own mix for them, exponent -0.5": pool_mixed(-0.5),
        "own mix for them, exponent -1.5": pool_mixed(-1.5),
    }


def entries() -> dict[str, Altered]:
    """Return changes of where the inventory's positions are opened."""
    return {
        "half width 0.1 of the range": Altered(DEFAULT, entries=partial(other.near_close, width=0.1)),
        "half width 0.25 of the range": Altered(DEFAULT, entries=partial(other.near_close, width=0.25)),
        "between open and close": Altered(DEFAULT, entries=other.open_to_close),
        "around the middle": Altered(DEFAULT, entries=other.near_middle),
        "opened one bar later": Altered(DEFAULT, entries=other.one_bar_late),
    }


def turnover() -> dict[str, Altered]:
    """Return changes of how far price reaches and how fast the inventory is renewed."""
    return {
        "price reaches only 95 % of the range (mark price)": Altered(
            DEFAULT, bars=partial(other.part_of_wicks, missing=0.05)
        ),
        "price reaches only 90 % of the range": Altered(DEFAULT, bars=partial(other.part_of_wicks, missing=0.1)),
        "churn 0.5": assumed(churn=0.5),
        "churn 3": assumed(churn=3.0),
        "churn 4": assumed(churn=4.0),
        "memory: half of it slow": remembering((0.5, 1.5), (0.5, 0.125)),
        "memory: a quarter slower still (x 0.05)": remembering((0.75, 1.5), (0.25, 0.05)),
        "memory: half fast (x 2), half less slow (x 0.5)": remembering((0.5, 2.0), (0.5, 0.5)),
        "memory: a quarter fast (x 4), rest slower (x 0.5)": remembering((0.25, 4.0), (0.75, 0.5)),
    }


NEEDS = {
    "trade counts for volume": "trades",
    "taker buys tilt longs, sells shorts": "taker_buy_volume",
}


def amounts() -> dict[str, Altered]:
    """Return other measures of volume and open interest, and another first inventory."""
    return {
        "square root of volume against its week": Altered(DEFAULT, bars=partial(other.tempered_volume, power=0.5)),
        "turnover not by volume at all": Altered(DEFAULT, bars=partial(other.tempered_volume, power=0.0)),
        "trade counts for volume": Altered(DEFAULT, bars=other.trade_counts),
        "taker buys tilt longs, sells shorts": Altered(DEFAULT, side_bars=partial(other.taker_tilted, weight=3.0)),
        "open interest smoothed over a day": Altered(DEFAULT, bars=other.smooth_interest),
        "first inventory spread over +-15 % of price": Altered(
            DEFAULT, entries=partial(other.first_spread, width=0.15)
        ),
    }


def mixes() -> dict[str, Altered]:
    """Return other leverages, and another distance from the formula's price."""
    return {
        "mix exponent -1.5": mixed(exponent=-1.5),
        "mix exponent -0.5": mixed(exponent=-0.5),
        "mix exponent 0": mixed(exponent=0.0),
        "mix from 5x": mixed(low=5.0),
        "mix up to 50x": mixed(high=50.0),
        "mix up to 75x": mixed(high=75.0),
        "mix up to 100x": mixed(high=100.0),
        "mix up to 150x": mixed(high=150.0),
        "mix up to 200x with a smooth taper (e-fold 80x)": with_mix(other.tapering_mix(2.0, 200.0, 80.0), -0.0005),
        "early 0.1 %": assumed(liquidation_buffer=0.001),
        "early 0.2 %": assumed(liquidation_buffer=0.002),
    }


def caution() -> dict[str, Altered]:
    """Return other measures of how much is forced after volatile days, and of how much of it is reported."""
    return {
        "caution in full proportion": Altered(DEFAULT, forced=partial(other.cautious, power=1.0)),
        "caution over 24 h": Altered(DEFAULT, forced=partial(other.cautious, power=0.5, hours=24.0)),
        "caution over 168 h": Altered(DEFAULT, forced=partial(other.cautious, power=0.5, hours=168.0)),
        "prediction^0.8 (reports cap at one a second)": Altered(DEFAULT, power=0.8),
    }
