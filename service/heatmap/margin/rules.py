"""Liquidation rules by exchange: what each counts as the margin a position must keep, and since when.

In the formulas s = +1 long, -1 short; E entry, P liquidation and B bankruptcy price; q size; m maintenance rate and A
amount; f taker fee; L leverage; WB wallet balance; TMM and UPNL the other positions' maintenance and unrealised profit.
The texts that the rules follow are in `texts`.
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats

Values: TypeAlias = Floats | float


@dataclass(frozen=True)
class Text:
    """A published text that a rule follows.

    address  where it stands
    dated    the day it was last changed, ISO 8601; empty where it names none
    """

    address: str
    dated: str = ""


@dataclass(frozen=True)
class Rule:
    """One exchange's rule, as it is or was in force.

    valued_at    the price at which maintenance is reckoned, and its tier found: mark or entry
    closing_fee  whether the taker fee of the forced close is part of what must be kept
    progressive  whether a tier's rate holds for the part of the position inside it, as a maintenance amount does it;
                 else the rate of the tier that the position is in holds for all of it
    reserved_fee whether opening takes the closing fee on top of value / leverage, so that a margin contains it
    fee_on_extra whether margin added beyond value / leverage saves its share of the closing fee as well
    inverse      coin-margined: size in USD; margin, profit, maintenance and its amount in coin
    hedged       whether the text gives the two legs of hedge mode one price
    cross        whether the text speaks of cross margin too
    since, until when it came into force and when the next one did, epoch ms; None where not known, or still in force
    unconfirmed  what no text confirms, as a sentence; empty where all of it is confirmed
    """

    id: str
    valued_at: Literal["mark", "entry"]
    closing_fee: bool
    formula: str
    source: str
    text: Text
    progressive: bool = True
    reserved_fee: bool = False
    fee_on_extra: bool = False
    inverse: bool = False
    hedged: bool = False
    cross: bool = True
    since: int | None = None
    until: int | None = None
    unconfirmed: str = ""

    @property
    def uses_fee(self) -> bool:
        """Tell whether a taker fee moves the price at all."""
        return self.closing_fee or self.reserved_fee or self.fee_on_extra

    def coordinate(self, price: Values) -> Values:
        """Return the coordinate, linear in profit, of a price."""
        return -1.0 / price if self.inverse else price

    def price(self, x: Values) -> Values:
        """Return the price of a coordinate: 0 below and inf above every price, where liquidation never comes."""
        if not self.inverse:
            return np.maximum(x, 0.0)
        beyond = np.greater_equal(x, 0)
        return np.where(beyond, np.inf, -1.0 / np.where(beyond, -1.0, x))


def inverse_of(rule: Rule, formula: str, source: str, text: Text, unconfirmed: str = "") -> Rule:
    """Return the coin-margined twin of a rule: the same maintenance, profit q (1/E - 1/P)."""
    return replace(
        rule,
        id=f"{rule.id}-inverse",
        inverse=True,
        formula=formula,
        source=source,
        text=text,
        unconfirmed=unconfirmed,
    )
