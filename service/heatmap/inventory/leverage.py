"""Leverage mixes: how newly opened positions are spread over leverage."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.errors import BadInput

LEVELS = 30
# Enough for a curve without steps, where thirty buckets would show as ripples on the map.
FINE_LEVELS = 160
LOWEST, HIGHEST = 1.1, 500.0
# The name of the mix that skill/fit_mix.py chooses, starting from the default.
FITTED = "fitted"
# These stand for four populations (populations.py), of which they are one's mix; any other mix for itself alone.
DEFAULT, BANDS = "default", "bands"
# Where the market allows less than this share of a mix, it allows none of it.
LEAST = 1e-9
PRESETS = (DEFAULT, "conservative", "retail", "degen", BANDS)
# Leverage at which the sliders of exchanges stop, and how much is opened at each; spread by so much in its logarithm.
SLIDERS = ((5.0, 3.0), (10.0, 3.0), (20.0, 2.0), (50.0, 1.0))
CHARTS = ((10.0, 1.0), (25.0, 1.0), (50.0, 1.0), (100.0, 1.0))
SPREAD = 0.05
# So much lies between them too, so that where a market allows none of them there is still something to hold.
BETWEEN = 1e-6
# Mean distance from the price, as a share of it, of what opens and closes within hours.
DAY_DISTANCE = 0.10


@dataclass(frozen=True, eq=False)
class Mix:
    """Shares of opened base coin by leverage bucket.

    edges      float64[K+1]  leverage at the bucket edges, rising; within a bucket the mass is uniform in 1/leverage
    weights    float64[K]    share of each bucket; with `unlevered` they sum to 1
    unlevered  share that is opened without leverage and never liquidates
    """

    name: str
    edges: Floats
    weights: Floats
    unlevered: float = 0.0

    @property
    def levels(self) -> Floats:
        """Return one leverage per bucket, float64[K]: the one whose 1/leverage is the bucket's middle."""
        levels: Floats = 2.0 / (1.0 / self.edges[:-1] + 1.0 / self.edges[1:])
        return levels

    def between(self, edges: Floats) -> Floats:
        """Return the share between each two of E rising leverages, float64[E - 1]."""
        shares: Floats = np.diff(np.interp(-1.0 / edges, *self._before))
        return shares

    def quantiles(self, shares: tuple[float, ...]) -> list[float]:
        """Return the leverage up to which each of these shares, 0..1, of what is opened with leverage lies."""
        edges, before = self._before
        if not before[-1] > 0.0:
            return [1.0] * len(shares)
        found: list[float] = (-1.0 / np.interp(np.array(shares) * before[-1], before, edges)).tolist()
        return found

    @cached_property
    def _before(self) -> tuple[Floats, Floats]:
        """Return -1/leverage of the edges, which rises with leverage, and the share below each, float64[K + 1] both."""
        return -1.0 / self.edges, np.append(0.0, np.cumsum(self.weights))

    def capped(self, most: float) -> "Mix":
        """Return the mix with leverage above `most` moved into the buckets that are allowed, in proportion."""
        if most >= self.edges[-1] or self.unlevered == 1.0:
            return self
        kept = self.edges[:-1] < most
        if self.weights[kept].sum() < LEAST * self.weights.sum():
            raise BadInput("mix", f"no leverage at or under {most:g}x, the most this market allows")
        edges = np.append(self.edges[:-1][kept], min(most, self.edges[1:][kept][-1]))
        width = 1.0 / self.edges[:-1] - 1.0 / self.edges[1:]
        weights = self.weights[kept] * (1.0 / edges[:-1] - 1.0 / edges[1:]) / width[kept]
        return Mix(self.name, edges, weights / weights.sum() * (1.0 - self.unlevered), self.unlevered)


def power_mix(name: str, low: float, high: float, exponent: float, unlevered: float = 0.0, levels: int = LEVELS) -> Mix:
    """Return weights proportional to leverage**exponent on log-spaced buckets low..high.

    Exponent -1 is mass uniform in liquidation distance.
    """
    edges = np.geomspace(low, high, levels + 1)
    return _weighed(name, edges, np.sqrt(edges[:-1] * edges[1:]) ** exponent, unlevered)


def day_mix(name: str) -> Mix:
    """Return weights 1/leverage over 2..125 that fall off with the distance to liquidation, by DAY_DISTANCE.

    Without an end: a lowest leverage would draw a line on the map that follows the price.
    """
    mix = power_mix(name, 2.0, 125.0, -1.0, levels=FINE_LEVELS)
    return _weighed(name, mix.edges, mix.weights * np.exp(-1.0 / mix.levels / DAY_DISTANCE))


def slider_mix(name: str, stops: tuple[tuple[float, float], ...] = SLIDERS) -> Mix:
    """Return a mix of humps at (leverage, weight), log-normal, with next to nothing between them."""
    edges = np.geomspace(2.0, 125.0, FINE_LEVELS + 1)
    levels, weights = np.sqrt(edges[:-1] * edges[1:]), np.zeros(FINE_LEVELS)
    for leverage, weight in stops:
        weights += weight * np.exp(-0.5 * (np.log(levels / leverage) / SPREAD) ** 2)
    return _weighed(name, edges, weights / weights.sum() + BETWEEN / levels)


def _weighed(name: str, edges: Floats, weights: Floats, unlevered: float = 0.0) -> Mix:
    return Mix(name, edges, weights * (1.0 - unlevered) / weights.sum(), unlevered)


@lru_cache(len(PRESETS))
def preset(name: str) -> Mix:
    """Return a named mix, each time the same one; BadInput names those that exist.

    `default` is the mix of what makes the liquidations, and `bands` one of humps at 10, 25, 50 and 100, as charts draw
    them: both stand for four populations, see populations.py. `conservative` is steep with a quarter unlevered;
    `retail` mid leverage, as futures apps offer by default; `degen` weighted to the highest levels.
    """
    match name:
        case "default":
            return day_mix(name)
        case "bands":
            return slider_mix(name, CHARTS)
        case "conservative":
            return power_mix(name, 1.5, 50.0, -1.5, unlevered=0.25)
        case "retail":
            return power_mix(name, 3.0, 125.0, -0.5)
        case "degen":
            return power_mix(name, 10.0, 125.0, 0.0)
    raise BadInput("mix", f"{name!r} is not a preset ({', '.join(PRESETS)}) nor a list such as 5:0.3,10:0.7")


def parse_mix(text: str) -> Mix:
    """Return the leverage mix that a text describes.

    A listed leverage L becomes a narrow bucket from L / 1.12 to L * 1.12, because single values would leave gaps
    between them that no market has. Buckets that would overlap meet in the middle; the lowest ends half way to 1 if not
    before.

    Parameters
    ----------
    text : str
        Name of a preset, or `leverage:weight,...` such as `10:0.7,25:0.3`; leverage 1 stands for no leverage.

    Returns
    -------
    Mix
        With weights that sum to 1, what is opened without leverage included.

    Raises
    ------
    BadInput
        Naming `mix`, with what does not parse.
    """
    if ":" not in text:
        return preset(text.strip())
    pairs = sorted(_pair(part) for part in text.split(","))
    levels, weights = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    if len(np.unique(levels)) < len(levels):
        raise BadInput("mix", "a leverage is listed twice")
    total = weights.sum()
    if total <= 0:
        raise BadInput("mix", "the weights sum to 0")
    levered = levels > 1.0
    unlevered = float(weights[~levered].sum() / total)
    return _from_levels(text, levels[levered], weights[levered] / total, unlevered)


def _pair(part: str) -> tuple[float, float]:
    try:
        leverage, weight = (float(x) for x in part.split(":"))
    except ValueError:
        raise BadInput("mix", f"{part.strip()!r} is not leverage:weight, such as 10:0.7") from None
    if not (leverage == 1.0 or LOWEST <= leverage <= HIGHEST):
        raise BadInput("mix", f"leverage {leverage:g} is outside 1 (unlevered) and {LOWEST:g}..{HIGHEST:g}")
    if not (0.0 <= weight < np.inf):
        raise BadInput("mix", f"weight {weight:g} is not a number of 0 or more")
    return leverage, weight


def _from_levels(name: str, levels: Floats, weights: Floats, unlevered: float) -> Mix:
    """Put each level in a narrow bucket, with empty buckets between, so that the edges rise without a break."""
    if not len(levels):
        return Mix(name, np.array([2.0, 125.0]), np.zeros(1), unlevered)
    middle = np.sqrt(levels[:-1] * levels[1:])
    low = np.maximum(levels / 1.12, np.append(0.5 * (1.0 + levels[0]), middle))
    high = np.minimum(levels * 1.12, np.append(middle, np.inf))
    edges, shares = [low[0]], []
    for lo, hi, weight in zip(low, high, weights, strict=True):
        if lo > edges[-1]:
            edges.append(lo)
            shares.append(0.0)
        edges.append(hi)
        shares.append(weight)
    return Mix(name, np.array(edges), np.array(shares), unlevered)
