"""What reported liquidations would be if price goes through something: a measured share of what stands there.

The shares are those of docs/accuracy.md, measured with the default mix on Binance's hours: no exchange publishes enough
of its liquidations to measure them anew for every answer. `/v1/skill` measures a market's own.
"""

from dataclasses import dataclass

HOURS = "Binance {coins}, hours of 2024-06-26 to 2024-08-19"


@dataclass(frozen=True)
class MeasuredShare:
    """Reported over predicted in one hour of one side: tenths 1, 5 and 9.

    of       whose hours these are
    covered  share of later hours between q10 and q90 of earlier ones; .8 is right
    hours    how many hours these are
    """

    of: str
    q10: float
    q50: float
    q90: float
    covered: float
    hours: int

    def times(self, amount: float) -> tuple[float, float, float]:
        """Return what would be reported of an amount that is swept, tenths 1, 5 and 9."""
        return self.q10 * amount, self.q50 * amount, self.q90 * amount


MEASURED = {
    "BTC": MeasuredShare(HOURS.format(coins="BTC"), 0.010, 0.027, 0.073, 0.83, 748),
    "ETH": MeasuredShare(HOURS.format(coins="ETH"), 0.011, 0.030, 0.095, 0.84, 731),
    "SOL": MeasuredShare(HOURS.format(coins="SOL"), 0.012, 0.029, 0.072, 0.80, 905),
}
OTHERS = MeasuredShare(HOURS.format(coins="BTC, ETH and SOL"), 0.011, 0.029, 0.079, 0.81, 2384)


def measured_share(coin: str) -> MeasuredShare:
    """Return the share of a coin, or that of the three measured together."""
    return MEASURED.get(coin, OTHERS)
