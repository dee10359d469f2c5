"""The ground that every other package stands on.

arrays    the array types, the rounding noise that thresholds allow for, and ranges of numbers
axis      the price axis: bins whose edges are whole multiples of their size
bars      the bars of one market as aligned arrays
compiled  what the build compiled from C, loaded
errors    BadInput, the one error that the caller can do something about
log_axis  an axis whose bins are equally wide in the logarithm of the price
rules     the checks that every set of tunable figures makes of itself
side      Side, long or short, with its sign; BySide, the same thing of either side
version   the version of the model, and a digest of what it makes of known tables
"""

from service.heatmap.base.arrays import Floats, Span, Times
from service.heatmap.base.axis import MOST_BINS, USUAL_BINS, PriceAxis, axis_between, price_axis
from service.heatmap.base.bars import Bars
from service.heatmap.base.compiled import LIBRARY, Layout, function
from service.heatmap.base.errors import BadInput
from service.heatmap.base.log_axis import LogAxis, log_axis_between
from service.heatmap.base.side import BySide, Side
from service.heatmap.base.version import MODEL_DIGEST, MODEL_VERSION

__all__ = [
    "LIBRARY",
    "MODEL_DIGEST",
    "MODEL_VERSION",
    "MOST_BINS",
    "USUAL_BINS",
    "BadInput",
    "Bars",
    "BySide",
    "Floats",
    "Layout",
    "LogAxis",
    "PriceAxis",
    "Side",
    "Span",
    "Times",
    "axis_between",
    "function",
    "log_axis_between",
    "price_axis",
]
