"""Distance from entry to liquidation by leverage, for the many small positions of the model."""

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import Side
from service.heatmap.margin.equation import Terms, check_fee
from service.heatmap.margin.exchange_formulas import rule_of
from service.heatmap.margin.tiers import MAX_RATE


def distance_multipliers(
    rule: str, side: Side, leverage: Floats, maintenance_rate: Floats | float, taker_fee: float = 0.0
) -> Floats:
    """Return liquidation price / entry price of isolated positions, at each leverage.

    rule              an id of `RULES`; those ending in `-inverse` are coin-margined
    leverage          float64[K], above 0
    maintenance_rate  float64[K] or one number, fraction of notional (maintenance amount 0: see `maintenance_for`)
    taker_fee         fraction of notional; counted by the rules that count the closing fee
    -> float64[K]     below 1 for longs, above 1 for shorts; 0 (long) or inf (short) where no price liquidates;
                      NaN where the rate is NaN, and where the margin does not exceed what must be kept at the entry,
                      1/L <= m: no such position can stand

    Raises ValueError naming the argument. Source: `RULES[rule]`, with size and entry 1.
    """
    if not np.all(leverage > 0):
        raise ValueError("leverage must be above 0")
    rate = np.broadcast_to(np.asarray(maintenance_rate, dtype=np.float64), leverage.shape)
    if not np.all(np.isnan(rate) | ((rate >= 0) & (rate <= MAX_RATE))):
        raise ValueError(f"maintenance_rate must be 0 to {MAX_RATE}, or NaN")
    check_fee(taker_fee)
    terms = Terms(rule_of(rule), side.sign, 1.0, 1.0, taker_fee)
    margin = terms.initial_margin(leverage)
    x = terms.meeting_point(margin, *terms.required(rate, np.zeros_like(rate)))
    price = np.asarray(terms.rule.price(x), dtype=np.float64)
    return np.where(terms.sign * (1.0 - price) > 0, price, np.nan)
