"""Price agreement: exchanges are summed only where they trade the same thing, which their prices tell.

One ticker may be two coins, or one coin in two units. A venue's price may differ from the others' by the basis of its
perpetual, which arbitrage holds to a fraction of a percent, and by a lag where hardly anything trades.
"""

from collections.abc import Mapping
from statistics import median

from service.analysis.markets.estimate import Estimate
from service.analysis.markets.group import Group, at_one_close
from service.heatmap import BadInput
from service.market.contract import DifferentMarket
from service.times import DAY_MS

# How far a price may be from the median, as a share of it; and where fewer USD than this are traded a day.
APART, THIN_APART, THIN_VOLUME = 0.03, 0.10, 1e7


def agreed(symbol: str, group: Group) -> Group:
    """Return the group of the exchanges whose prices agree; the others are named among its errors.

    Raises BadInput with every price where there is none that most of the exchanges are near.
    """
    match list(group.members.values()):
        case [one, other]:
            # Their median lies between the two, which says nothing of either.
            require_comparable(symbol, one, other, "exchange")
            return group
    prices = {name: closing_price(member) for name, member in group.members.items()}
    usual = median(prices.values())
    kept = {name: member for name, member in group.members.items() if _is_near(member, usual)}
    odd = {name: DifferentMarket(name, symbol, prices[name], usual) for name in prices if name not in kept}
    if not odd:
        return group
    if len(kept) <= len(odd):
        raise BadInput("exchange", _disagreement(symbol, prices), "exchanges whose prices agree")
    return at_one_close(kept, group.errors | odd)


def require_comparable(symbol: str, one: Estimate, other: Estimate, field: str) -> None:
    """Raise BadInput naming the field where two markets of about one moment are different things."""
    if one.data.simulated != other.data.simulated:
        raise BadInput(field, "One is simulated and the other is not", "real exchanges, or simulated ones")
    members = one, other
    lower, higher = sorted(closing_price(member) for member in members)
    if higher / lower - 1.0 > max(_apart(member) for member in members):
        prices = {member.data.exchange: closing_price(member) for member in members}
        raise BadInput(field, _disagreement(symbol, prices), "exchanges whose prices agree")


def closing_price(member: Estimate) -> float:
    """Return the last close of a market, which is of one time in all members of a group."""
    return float(member.data.bars.close[-1])


def _is_near(member: Estimate, usual: float) -> bool:
    return abs(closing_price(member) / usual - 1.0) <= _apart(member)


def _apart(member: Estimate) -> float:
    """Return how far the market's price may be from others': farther where little is traded."""
    bars = member.data.bars
    traded = bars.volume if member.data.inverse else bars.volume * bars.close
    daily = float(traded.sum()) * DAY_MS / (len(bars) * bars.step)
    return THIN_APART if daily < THIN_VOLUME else APART


def _disagreement(symbol: str, prices: Mapping[str, float]) -> str:
    told = ", ".join(f"{price:.6g} on {name}" for name, price in prices.items())
    return f"The price of {symbol} is {told}: not the same market, or not in one unit"
