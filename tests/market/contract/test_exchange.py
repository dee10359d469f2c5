"""The contract: its timeframes, its rules, and who fulfils it."""

from dataclasses import replace

from service.market.contract import TIMEFRAMES, Exchange, liquidation_rule
from service.market.sim import sim
from tests.support.fake_exchange import SYMBOL, Clock, FakeExchange


def test_timeframes_are_as_long_as_they_are_called() -> None:
    """Rising, each a divisor of a day, and the number before its unit."""
    units = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
    assert {name: int(name[:-1]) * units[name[-1]] for name in TIMEFRAMES} == TIMEFRAMES
    assert list(TIMEFRAMES.values()) == sorted(TIMEFRAMES.values())
    assert all(86_400_000 % step == 0 for step in TIMEFRAMES.values())


def test_an_inverse_market_has_a_rule_of_its_own() -> None:
    """The exchange's rule, with the kind behind it."""
    exchange: Exchange = FakeExchange()
    market = exchange.markets()[SYMBOL]
    assert liquidation_rule(exchange, market) == "binance"
    assert liquidation_rule(exchange, replace(market, inverse=True)) == "binance-inverse"


def test_a_simulated_exchange_fulfils_it() -> None:
    """As the type checker sees it, and with every method that the protocol names."""
    exchange: Exchange = sim(clock=Clock(), seed=7)
    named = [name for name in vars(Exchange) if not name.startswith("_")]
    assert len(named) >= 10
    assert [name for name in named if not callable(getattr(exchange, name))] == []
