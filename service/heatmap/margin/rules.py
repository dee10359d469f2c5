"""Liquidation rules by exchange: what each counts as the margin a position must keep.

In the formulas s = +1 long, -1 short; E entry, P liquidation and B bankruptcy price; q size; m maintenance rate and A
amount; f taker fee; L leverage; WB wallet balance; TMM and UPNL the other positions' maintenance and unrealised profit.
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats

Values: TypeAlias = Floats | float


@dataclass(frozen=True)
class Rule:
    """One exchange's rule.

    valued_at    the price at which maintenance is reckoned, and its tier found: mark, entry or bankruptcy price
    closing_fee  whether the taker fee of the forced close is part of what must be kept
    inverse      coin-margined: size in USD, margin and profit in coin
    """

    id: str
    valued_at: Literal["mark", "entry", "bankruptcy"]
    closing_fee: bool
    inverse: bool
    formula: str
    source: str

    def coordinate(self, price: Values) -> Values:
        """Return the coordinate, linear in profit, of a price."""
        return -1.0 / price if self.inverse else price

    def in_range(self, x: Values) -> Values:
        """Return the coordinate, or the nearest that a price can have: 0 is where it is 0, or inf where inverse."""
        return np.minimum(x, 0.0) if self.inverse else np.maximum(x, 0.0)

    def price(self, x: Values) -> Values:
        """Return the price of a coordinate: 0 below and inf above every price, where liquidation never comes."""
        if not self.inverse:
            return np.maximum(x, 0.0)
        beyond = np.greater_equal(x, 0)
        return np.where(beyond, np.inf, -1.0 / np.where(beyond, -1.0, x))


_LINEAR = (
    Rule(
        id="generic",
        valued_at="mark",
        closing_fee=False,
        inverse=False,
        formula="P = (margin - TMM + UPNL + A - s q E) / (q m - s q)",
        source="equity = maintenance, m q P - A, at the liquidation price; no exchange's own",
    ),
    Rule(
        id="binance",
        valued_at="mark",
        closing_fee=False,
        inverse=False,
        formula="P = (WB - TMM + UPNL + A - s q E) / (q m - s q)",
        source="Binance futures help: how to calculate the liquidation price of USD-M contracts",
    ),
    Rule(
        id="hyperliquid",
        valued_at="mark",
        closing_fee=False,
        inverse=False,
        formula="P = E - s (available / q) / (1 - l s), available = margin - l q E, l = 1 / (2 max leverage)",
        source="Hyperliquid documentation: liquidations",
    ),
    Rule(
        id="okx",
        valued_at="mark",
        closing_fee=True,
        inverse=False,
        formula="P = (E - s (margin + A) / q) / (1 - s (m + f))",
        source="OKX help: isolated margin, estimated liquidation price",
    ),
    Rule(
        id="gate",
        valued_at="mark",
        closing_fee=True,
        inverse=False,
        formula="P = (E - s (margin + A) / q) / (1 - s (m + f))",
        source="Gate help: liquidation price and bankruptcy price",
    ),
    Rule(
        id="bybit",
        valued_at="entry",
        closing_fee=False,
        inverse=False,
        formula="P = E - s (margin - MM) / q, MM = m q E - A",
        source="Bybit help: liquidation price of USDT contracts, isolated (earlier text)",
    ),
    Rule(
        id="kucoin",
        valued_at="entry",
        closing_fee=False,
        inverse=False,
        formula="P = E - s (margin - MM) / q, MM = m q E - A",
        source="KuCoin help: liquidation price, isolated",
    ),
    Rule(
        id="phemex",
        valued_at="bankruptcy",
        closing_fee=True,
        inverse=False,
        formula="P = B (1 + s m) - s A / q, B = (E - s margin / q) / (1 - s f)",
        source="Phemex help: liquidation price of USDT-M contracts",
    ),
)
_INVERSE_FORMULA = {
    "mark": "P = (s q + m q - A) / (margin + s q / E); where the closing fee counts, m + f for m",
    "entry": "1 / P = 1 / E + s (margin - MM) / q, MM = (m q - A) / E",
    "bankruptcy": "1 / P = (1 - s (m - A / q)) / B, 1 / B = (1 / E + s margin / q) / (1 + s f)",
}


def _inverse(rule: Rule) -> Rule:
    """Return the coin-margined twin of a rule: the same maintenance, profit q (1/E - 1/P)."""
    source = f"{rule.source}; carried over to coin margin, size in USD"
    return replace(rule, id=f"{rule.id}-inverse", inverse=True, formula=_INVERSE_FORMULA[rule.valued_at], source=source)


RULES: dict[str, Rule] = {rule.id: rule for linear in _LINEAR for rule in (linear, _inverse(linear))}


def rule_of(rule: str) -> Rule:
    """Return a rule by id; raise ValueError naming those there are."""
    if rule not in RULES:
        raise ValueError(f"rule must be one of {', '.join(RULES)}, not {rule!r}")
    return RULES[rule]
