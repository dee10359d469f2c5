"""What a line says that a request was about: as the caller wrote it, bounded, and harmless where it is read."""

import pytest

from service.api.edge.asked_about import LONGEST, asked_about


@pytest.mark.parametrize(
    ("query", "exchange", "symbol"),
    [
        ("exchange=binance,okx&symbol=BTC", "binance,okx", "BTC"),
        ("a=sim&b=sim2&symbol=BTC%2FUSDT%3AUSDT", "sim,sim2", "BTC/USDT:USDT"),
        ("exchange=all&symbols=BTC,ETH", "all", "BTC,ETH"),
        ("", "", ""),
        ("exchange", "", ""),
        ("symbol=%00%1b[31mred%0a", "", "??[31mred?"),
        ("symbol=%E2%80%AE", "", "?"),
        ("exchange=%ff%fe", "\ufffd\ufffd", ""),
        ("&".join(["x=1"] * 500) + "&exchange=sim", "", ""),
    ],
)
def test_what_is_named(query: str, exchange: str, symbol: str) -> None:
    """Names are read, junk is neutral, and nothing raises."""
    assert asked_about(query) == (exchange, symbol)


def test_no_caller_fills_the_log() -> None:
    """A long value is cut."""
    assert len(asked_about(f"symbol={'x' * 5000}")[1]) == LONGEST
