"""The pages about exchanges say what is so: every file they name is there, every hook exists, every row is true."""

import re
from pathlib import Path

import pytest

from service.market.adapter.source import CcxtSource
from service.market.brackets import tiers_from_table
from service.market.contract import Capabilities, Exchange
from service.market.venues import ADAPTERS, ladders
from tests.emulator.clients import DIALECTS
from tests.emulator.venues import VENUES as EMULATED
from tests.support.recorded_json import VENUES as RECORDED

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "adding-an-exchange.md").read_text()
TABLE = (ROOT / "docs" / "exchanges.md").read_text()
ABLE = {adapter.id: adapter.capabilities for adapter in ADAPTERS}


def rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the table whose first heading is this."""
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if re.match(rf"\s*\| {heading} \|", line))
    found = []
    for line in lines[start + 2 :]:
        if not line.strip().startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip().strip("|").split(" | ")])
    return found


@pytest.mark.parametrize("exchange", ABLE)
def test_every_file_of_the_guide_is_there_for_every_exchange(exchange: str) -> None:
    """An adapter is laid out as the guide says, the last one and all before it."""
    named = [path for path, _ in rows(GUIDE, "file")]
    assert len(named) == 7
    for path in named:
        assert (ROOT / path.strip("`").replace("<id>", exchange)).is_file(), path
    assert EMULATED[exchange].name == exchange
    assert DIALECTS[exchange].venue == exchange
    assert RECORDED[exchange].__name__ == f"{exchange.capitalize()}Venue"


def test_every_hook_of_the_guide_exists() -> None:
    """What the guide tells an author to set is an attribute or a method of the base class, or a capability."""
    hooks = {name for cells in rows(GUIDE, "the venue") for name in re.findall(r"`([a-z_]+)", cells[1])}
    known = {*dir(CcxtSource), *CcxtSource.__annotations__, *Capabilities.__annotations__}
    known |= {ladders.tiers_of_ladders.__name__, tiers_from_table.__name__}
    assert len(hooks) > 15
    assert hooks <= known, hooks - known


def test_no_hook_is_left_out() -> None:
    """Whatever an adapter here sets or overrides, the guide tells of, or every exchange has it."""
    told = set(re.findall(r"`([a-z_]+)", GUIDE)) | {name for name in dir(Exchange) if not name.startswith("_")}
    told |= {"id", "name", "ccxt_class", "options", *Exchange.__annotations__}
    set_here = {name for adapter in ADAPTERS for name in vars(adapter) if not name.startswith("_")}
    assert set_here <= told, set_here - told


def test_the_table_has_a_true_row_for_every_exchange() -> None:
    """Timeframes, depth, book, tiers and liquidations are what the capabilities say."""
    found = {cells[0]: cells[1:] for cells in rows(TABLE, "id")}
    assert list(found) == list(ABLE)
    for exchange, (_, history, _, book, tiers, liquidations) in found.items():
        able = ABLE[exchange]
        assert history.partition(";")[0].split() == list(able.open_interest_timeframes) or (
            history.startswith("none") and not able.open_interest_history
        )
        if able.open_interest_days is not None:
            assert f"{able.open_interest_days:g} days" in history
        assert ("rows" in history) == (able.open_interest_rows is not None)
        assert (int(book), tiers) == (able.order_book_depth, able.tiers)
        assert (liquidations != "none") == able.liquidations


def test_every_exchange_is_in_the_table_of_liquidations() -> None:
    """What was looked for is told of each, and what is used is what is read."""
    text = TABLE.partition("## Realised liquidations")[2]
    found = {cells[0]: cells[2] for cells in rows(text, "id")}
    assert set(found) == set(ABLE)
    assert {exchange for exchange, used in found.items() if used.startswith("yes")} == {
        exchange for exchange, able in ABLE.items() if able.liquidations
    }


@pytest.mark.parametrize(("quote", "exchanges"), [("Coin-margined", ("bybit", "okx"))])
def test_who_serves_what_is_margined_in_coins(quote: str, exchanges: tuple[str, ...]) -> None:
    """The page names them all."""
    assert f"**{quote}** perpetuals are served of {' and '.join(exchanges)}" in TABLE
    assert {exchange for exchange, able in ABLE.items() if able.inverse} == set(exchanges)
