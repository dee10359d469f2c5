"""What the simulated venues list and how their customers behave."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from service.market.contract import Market, Tiers

_TIER_FLOORS = np.array((0.0, 1.0, 5.0, 20.0, 100.0, 400.0))
_TIER_LEVERAGES = np.array((1.0, 0.75, 0.5, 0.25, 0.1, 0.04))


@dataclass(frozen=True)
class Coin:
    """The parameters of one coin, the same on every venue.

    level           quote currency, the price that it reverts to over months
    daily_vol       fraction, the median day's standard deviation
    market_share    correlation of its moves with those of the whole market
    ticks           price steps per unit of quote currency
    lots            size steps (contracts) per base coin
    open_interest   base coin, one side, on a venue of size 1
    pairs           opening trades a day
    noise           fraction, standard deviation of traded price around the mark
    traded_minutes  share of minutes in which anything trades
    depth           share of open interest resting within 1 % of the price, per side
    """

    base: str
    level: float
    daily_vol: float
    market_share: float
    ticks: int
    lots: float
    open_interest: float
    pairs: int
    noise: float
    traded_minutes: float
    depth: float

    @property
    def symbol(self) -> str:
        """Return the ccxt unified symbol."""
        return f"{self.base}/USDT:USDT"

    @property
    def continuous(self) -> bool:
        """Return whether every minute has a trade, so that a bar opens where the one before closed."""
        return self.traded_minutes >= 1.0


@dataclass(frozen=True)
class Venue:
    """The traders and the terms of one venue.

    size                open interest as a multiple of the coin's
    turnover            opened a day, as a share of that open interest; set so that the simulation arrives at it
    leverage_range      range of log-uniform draws (density proportional to 1/leverage)
    round_figures       leverages that people choose by hand, all equally likely
    round_share         share of positions opened at a round figure
    basis, basis_vol    fraction, mean and hourly standard deviation of its mark over the fair price
    max_leverage        by base coin
    """

    id: str
    name: str
    size: float
    turnover: float
    leverage_range: tuple[float, float]
    round_figures: tuple[float, ...]
    round_share: float
    basis: float
    basis_vol: float
    taker_fee: float
    max_leverage: Mapping[str, int]

    def maintenance(self, coin: Coin) -> float:
        """Return the maintenance rate of the first tier: half the initial margin at maximum leverage, as is usual."""
        return 0.5 / self.max_leverage[coin.base]

    def tiers(self, coin: Coin) -> Tiers:
        """Return the risk tiers: the rate is half the inverse of maximum leverage, the floors fit the coin."""
        unit = 4.0 * math.sqrt(coin.open_interest * coin.level * self.size)
        floor = round(unit, -math.floor(math.log10(unit))) * _TIER_FLOORS
        leverage = np.maximum(1.0, np.floor(self.max_leverage[coin.base] * _TIER_LEVERAGES))
        rate = 0.5 / leverage
        amount = np.cumsum(floor * np.diff(rate, prepend=rate[0]))
        return Tiers(floor, rate, amount, leverage, "exchange")

    def market(self, coin: Coin) -> Market:
        """Return the coin's listing."""
        return Market(
            symbol=coin.symbol,
            base=coin.base,
            quote="USDT",
            settle="USDT",
            contract_size=1 / coin.lots,
            price_tick=1 / coin.ticks,
            taker_fee=self.taker_fee,
            max_leverage=float(self.max_leverage[coin.base]),
        )


# THIN is no real coin. It represents altcoins whose maps are mostly noise.
COINS = (
    Coin(
        base="BTC",
        level=78_000.0,
        daily_vol=0.022,
        market_share=1.00,
        ticks=10,
        lots=1000,
        open_interest=80_000.0,
        pairs=2000,
        noise=0.00008,
        traded_minutes=1.0,
        depth=0.015,
    ),
    Coin(
        base="ETH",
        level=3_000.0,
        daily_vol=0.029,
        market_share=0.86,
        ticks=100,
        lots=100,
        open_interest=1_500_000.0,
        pairs=2000,
        noise=0.0001,
        traded_minutes=1.0,
        depth=0.014,
    ),
    Coin(
        base="SOL",
        level=150.0,
        daily_vol=0.037,
        market_share=0.78,
        ticks=100,
        lots=10,
        open_interest=9_000_000.0,
        pairs=1600,
        noise=0.0002,
        traded_minutes=1.0,
        depth=0.010,
    ),
    Coin(
        base="THIN",
        level=0.85,
        daily_vol=0.055,
        market_share=0.45,
        ticks=10_000,
        lots=0.1,
        open_interest=4_000_000.0,
        pairs=240,
        noise=0.0012,
        traded_minutes=0.3,
        depth=0.003,
    ),
)

SIM = Venue(
    id="sim",
    name="Simulated exchange",
    size=1.0,
    turnover=0.75,
    leverage_range=(1.25, 60.0),
    round_figures=(2.0, 3.0, 5.0, 10.0, 20.0, 50.0),
    round_share=0.25,
    basis=0.0,
    basis_vol=0.0,
    taker_fee=0.0005,
    max_leverage=MappingProxyType({"BTC": 100, "ETH": 100, "SOL": 75, "THIN": 25}),
)

SIM2 = Venue(
    id="sim2",
    name="Simulated exchange 2 (higher leverage)",
    size=0.35,
    turnover=1.15,
    leverage_range=(2.5, 125.0),
    round_figures=(5.0, 10.0, 20.0, 50.0, 75.0, 100.0),
    round_share=0.35,
    basis=0.0002,
    basis_vol=0.0002,
    taker_fee=0.00055,
    max_leverage=MappingProxyType({"BTC": 125, "ETH": 125, "SOL": 100, "THIN": 50}),
)
