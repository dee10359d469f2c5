"""The one equation behind every liquidation rule.

Let x be the coordinate in which profit is a straight line: the price P for linear contracts, -1/P for inverse
(coin-margined) ones. With s = +1 long, -1 short, size q and entry x_E,

    equity(x) = margin + s q (x - x_E)        required(x) = a + b x

and the liquidation price is where they meet: x = (a - margin + s q x_E) / (s q - b). A rule only says what a and b are.
"""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.errors import BadInput
from service.heatmap.margin.rules import Rule, Values

MAX_FEE = 0.1


@dataclass(frozen=True)
class Terms:
    """What was agreed: sign +1 long, -1 short; size in base coin (USD where inverse); fee a fraction of notional.

    Money is in quote currency, in coin where the rule is inverse. Every method works on arrays, elementwise.
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

    def bankruptcy(self, margin: Values) -> Values:
        """Return the coordinate at which the margin is gone, after the closing fee where the rule reserves it there."""
        x = self.x_entry - self.sign * margin / self.size
        if self.rule.valued_at != "bankruptcy":
            return x
        # The fee is charged on the value at that same price: f q x (linear) or -f q x (inverse).
        return x / (1 + self.sign * self.fee if self.rule.inverse else 1 - self.sign * self.fee)

    def required(self, margin: Values, rate: Values, amount: Values) -> tuple[Values, Values]:
        """Return (a, b): a + b x must be kept. `amount` is quote currency for both kinds, in coin amount / price."""
        kept = rate + self.fee if self.rule.closing_fee else rate
        deducted, slope = amount, self.size * kept
        if self.rule.inverse:
            deducted, slope = np.zeros_like(amount), amount - slope
        if self.rule.valued_at == "mark":
            return -deducted, slope
        x = self.x_entry if self.rule.valued_at == "entry" else self.rule.in_range(self.bankruptcy(margin))
        return slope * x - deducted, np.zeros_like(slope * x)

    def fixed_value(self, margin: float) -> float | None:
        """Return the USD on which maintenance is reckoned wherever the mark is; None where it is the value there."""
        if self.rule.inverse:
            return self.size
        if self.rule.valued_at == "mark":
            return None
        x = self.x_entry if self.rule.valued_at == "entry" else self.rule.in_range(self.bankruptcy(margin))
        return self.size * float(x)

    def meeting_point(self, margin: Values, a: Values, b: Values) -> Values:
        """Return the coordinate where equity equals a + b x."""
        return (a - margin + self.sign * self.size * self.x_entry) / (self.sign * self.size - b)

    def initial_margin(self, leverage: Values) -> Values:
        """Return what opening takes: value / leverage, plus the closing fee where the rule reserves it."""
        share = abs(self.x_entry) / leverage
        if self.rule.valued_at != "bankruptcy":
            return self.size * share
        return self.size * (share + self.fee * np.abs(self.x_entry - self.sign * share))


def check_fee(taker_fee: float) -> None:
    """Raise BadInput unless the fee, a fraction of notional, is one an exchange could charge."""
    if not 0 <= taker_fee < MAX_FEE:
        raise BadInput("taker_fee", f"must be at least 0 and below {MAX_FEE}, not {taker_fee}")
