"""A table of bars as an exchange of one market: what it holds is what the table holds, and the rest is Unsupported."""

from pathlib import Path

import numpy as np
import pytest

from service.cli.table.bars import read_table
from service.cli.table.errors import BadTable
from service.cli.table.exchange import TableExchange
from service.market.contract import Exchange, Unsupported

T0, HOUR = 1_748_736_000_000, 3_600_000
SYMBOL = "SOL/USD:USD"


def exchange(tmp_path: Path, rows: list[str], step: int = HOUR) -> TableExchange:
    """Return the exchange of a table whose rows go on from T0 in steps."""
    path = tmp_path / "bars.csv"
    lines = [f"{T0 + at * step},{row}" for at, row in enumerate(rows)]
    path.write_text("\n".join(("ts,o,h,l,c,v,oi", *lines)) + "\n")
    return TableExchange(read_table(path), "SOL")


@pytest.fixture
def three(tmp_path: Path) -> TableExchange:
    """Return an exchange of three hours, of the second of which no open interest is known."""
    return exchange(tmp_path, ["100,110,90,105,10,1000", "105,108,100,101,5,", "101,103,99,102,6,1002"])


def test_it_is_an_exchange_of_one_market(three: TableExchange) -> None:
    """Named for the coin that was given, at the length of the table's bars."""
    whole: Exchange = three
    assert list(whole.markets()) == [SYMBOL]
    assert (three.timeframe, three.end) == ("1h", T0 + 3 * HOUR)
    assert three.capabilities.timeframes == ("1h",)


def test_bars_and_open_interest_are_the_tables(three: TableExchange) -> None:
    """Ranges are half open; open interest is that of each close which knows it."""
    bars = three.ohlcv(SYMBOL, "1h", T0 + HOUR, T0 + 3 * HOUR)
    assert (bars.time.tolist(), bars.close.tolist()) == ([T0 + HOUR, T0 + 2 * HOUR], [101, 102])
    interest = three.open_interest(SYMBOL, "1h", T0, T0 + 4 * HOUR)
    assert (interest.time.tolist(), interest.amount.tolist()) == ([T0 + HOUR, T0 + 3 * HOUR], [1000, 1002])
    assert three.tiers(SYMBOL).source == "assumed"


def test_volume_stands_in_for_open_interest_that_nobody_knows(tmp_path: Path) -> None:
    """So that a map can be made of a table without it."""
    found = exchange(tmp_path, ["100,110,90,105,10,"] * 30)
    assert np.isfinite(found.open_interest(SYMBOL, "1h", T0, T0 + 40 * HOUR).amount).sum() > 0


@pytest.mark.parametrize("what", ["order_book", "funding", "open_interest_now", "account_ratio"])
def test_what_a_table_does_not_hold(three: TableExchange, what: str) -> None:
    """Is Unsupported, with the market's name."""
    with pytest.raises(Unsupported, match=f"a table of bars holds no .* of {SYMBOL}"):
        getattr(three, what)(SYMBOL)
    for history in (three.mark_ohlcv, three.liquidations):
        with pytest.raises(Unsupported):
            history(SYMBOL, "1h", T0, T0 + HOUR)


def test_a_length_that_no_timeframe_has(tmp_path: Path) -> None:
    """Is refused with its length and those that there are."""
    with pytest.raises(BadTable, match="bars are 2 hours long; maps are made of 5m, 15m"):
        exchange(tmp_path, ["100,110,90,105,10,1000"] * 3, step=2 * HOUR)
