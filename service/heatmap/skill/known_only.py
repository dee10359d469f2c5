"""Known only: predictions that rest on nothing that was not known before each bar.

`predict_swept` needs open interest and carries the first known one back to the start; bars before it would be predicted
with an amount that nobody knew then.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.leverage import Mix
from service.heatmap.skill.predict import predict_by_mix
from service.times import HOUR_MS

# Open interest over the mean daily volume: 0.29 (BTC), 0.35 (ETH) and 0.25 (SOL) on the measuring hours, where taking
# a third for what is known costs up to .003 of H1, .001 of H2 and .03 of EXT (docs/accuracy.md, section 1).
INTEREST_DAYS = 1.0 / 3.0
# The kernel divides by open interest: before anything was traded it is next to nothing, not 0.
NEXT_TO_NOTHING = 1e-9


def predict_known(bars: Bars, assumptions: Assumptions, venue: VenueTerms) -> BySide[Floats]:
    """Return what each bar's path would liquidate, from nothing that was not known before the bar.

    Altering volume or open interest from bar t on, or prices from t + 1 on, leaves results up to t as they are. Where
    no bar at all has open interest, `open_interest_from_volume` takes its place: then only proportions mean something.

    Parameters
    ----------
    bars : Bars
        Closed bars, T of them.
    assumptions : Assumptions
        How traders are taken to behave.
    venue : VenueTerms
        The terms of the exchange.

    Returns
    -------
    BySide of float64[T]
        Base coin that each bar would liquidate; NaN in the first `bars_without_prediction` bars.

    Raises
    ------
    BadInput
        Where the exchange allows no leverage of the mix.
    """
    return predict_known_by_mix(bars, assumptions, venue, [assumptions.fast_mix])[0]


def predict_known_by_mix(
    bars: Bars, assumptions: Assumptions, venue: VenueTerms, mixes: Sequence[Mix]
) -> list[BySide[Floats]]:
    """Return what `predict_known` does with each of several mixes in place of the first population's."""
    known = np.isfinite(bars.open_interest).any()
    predicted = predict_by_mix(bars if known else open_interest_from_volume(bars), assumptions, venue, mixes)
    blind = np.arange(len(bars)) < bars_without_prediction(bars)
    return [BySide(*(np.where(blind, np.nan, amounts) for amounts in swept)) for swept in predicted]


def bars_without_prediction(bars: Bars) -> int:
    """Return how many bars at the start have no prediction: up to the one that closed with the first open interest.

    None if the first bar has it, for nothing stood before that one; and none where open interest is not known at all.
    """
    known = np.isfinite(bars.open_interest)
    first = int(np.argmax(known))
    return first + 1 if first > 0 else 0


def open_interest_from_volume(bars: Bars) -> Bars:
    """Return the bars with INTEREST_DAYS of the mean volume so far as open interest, so that flows follow volume."""
    daily = np.cumsum(bars.volume) / np.arange(1, len(bars) + 1) * (24.0 * HOUR_MS / bars.step)
    return replace(bars, open_interest=np.maximum(INTEREST_DAYS * daily, NEXT_TO_NOTHING))
