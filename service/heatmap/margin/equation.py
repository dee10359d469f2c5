"""The one equation behind every liquidation rule.

Let x be the coordinate in which profit is a straight line: the price P for linear contracts, -1/P for inverse
(coin-margined) ones. With s = +1 long, -1 short, size q and entry x_E,

    equity(x) = margin + s q (x - x_E)        required(x) = a + b x

and the liquidation price is where they meet: x = (a - margin + s q x_E) / (s q - b). A rule only says what a and b are.
The position's value in the currency of its margin is q |x|.
"""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.errors import BadInput
from service.heatmap.margin.rules import Rule, Values

MAX_FEE = 0.1


@dataclass(frozen=True)
class Terms:
    """What was agreed: sign +1 long, -1 short; size in base coin (USD where inverse); fee a fraction of notional.

    Money, maintenance amounts included, is in quote currency, in coin where the rule is inverse. Every method works on
    arrays, elementwise.
    """

    rule: Rule
    sign: int
    size: float
    entry: float
    fee: float

    @property
    def x_entry(self) -> float:
        """Return the coordinate of the entry."""
        return float(self.rule.coordinate(self.entry))

    def profit(self, x: Values) -> Values:
        """Return the profit at a coordinate."""
        return self.sign * self.size * (x - self.x_entry)

    def value(self, x: Values) -> Values:
        """Return the value that maintenance is reckoned on once the mark is at a coordinate."""
        at = self.x_entry if self.rule.valued_at == "entry" else x
        return self.size * np.abs(at)

    def bankruptcy(self, margin: Values) -> Values:
        """Return the coordinate at which the margin is gone, after the closing fee where the margin contains it."""
        x = self.x_entry - self.sign * margin / self.size
        return x / self._left_after_fee if self.rule.reserved_fee else x

    def required(self, rate: Values, amount: Values) -> tuple[Values, Values]:
        """Return (a, b): a + b x must be kept."""
        slope = self.size * (rate + self.fee if self.rule.closing_fee else rate)
        if self.rule.valued_at == "entry":
            a = slope * abs(self.x_entry) - amount
            return a, np.zeros_like(a)
        return -amount, -slope if self.rule.inverse else slope

    def meeting_point(self, margin: Values, a: Values, b: Values) -> Values:
        """Return the coordinate where equity equals a + b x."""
        return (a - margin + self.sign * self.size * self.x_entry) / (self.sign * self.size - b)

    def initial_margin(self, leverage: Values) -> Values:
        """Return what opening takes: value / leverage, plus the closing fee where the rule reserves it."""
        share = abs(self.x_entry) / leverage
        if not self.rule.reserved_fee:
            return self.size * share
        return self.size * (share + self.fee * np.abs(self.x_entry - self.sign * share))

    def fee_saved(self, margin: float, leverage: float) -> float:
        """Return how much less closing at the bankruptcy price costs for margin beyond value / leverage."""
        if not self.rule.fee_on_extra:
            return 0.0
        extra = margin - self.size * abs(self.x_entry) / leverage
        return extra / self._left_after_fee - extra

    @property
    def _left_after_fee(self) -> float:
        # The fee is charged on the value at the price of the close itself: f q x (linear) or -f q x (inverse).
        return 1 + self.sign * self.fee if self.rule.inverse else 1 - self.sign * self.fee


def check_fee(taker_fee: float) -> None:
    """Raise BadInput unless the fee, a fraction of notional, is one an exchange could charge."""
    if not 0 <= taker_fee < MAX_FEE:
        raise BadInput("taker_fee", f"must be at least 0 and below {MAX_FEE}, not {taker_fee}")
