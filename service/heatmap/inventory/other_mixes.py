"""Rivals: the same market under the other mixes of leverage that traders may just as well have.

What every mix says is of the market; what one alone says is of the mix. Which is right is not public.
"""

from collections.abc import Sequence
from dataclasses import replace

from service.heatmap.inventory.assumptions import Assumptions
from service.heatmap.inventory.leverage import DEFAULT, preset
from service.heatmap.inventory.populations import AssumedPopulation, populations_of

# One each of what is thought of traders: careful, usual, daring, and ours of several populations. `bands` is left out:
# it puts what other charts draw in place of what traders may have.
MIXES = (DEFAULT, "conservative", "retail", "degen")


def rivals(assumptions: Assumptions, rule: str) -> dict[str, Assumptions]:
    """Return the assumptions with each other one of MIXES in place of theirs, by its name, on exchanges of a rule."""
    own, found = _what_counts(assumptions.populations), {}
    for name in MIXES:
        populations, fast_churn = populations_of(preset(name), rule)
        if _what_counts(populations) != own:
            found[name] = replace(assumptions, populations=populations, fast_churn=fast_churn)
    return found


def _what_counts(populations: Sequence[AssumedPopulation]) -> list[tuple[str, float, str]]:
    return [(each.name, each.share, each.mix.name) for each in populations]
