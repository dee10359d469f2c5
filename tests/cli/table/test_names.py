"""Names of columns: what exchanges and tools write is known, and what resembles open interest is told."""

import pytest

from service.cli.table.names import NAMES, coin_volume, like_open_interest, plain, role_of, without_unit


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Open Time", "ts"),
        ("open_time", "ts"),
        ("Close (USDT)", "c"),
        ("High [USD]", "h"),
        ("Volume", "v"),
        ("sumOpenInterest", "oi"),
        ("sum_open_interest", "oi"),
        ("openInterest", "oi"),
        ("Open Interest (USD)", None),
        ("oi_usd", None),
        ("funding", None),
    ],
)
def test_what_a_column_may_hold(name: str, role: str | None) -> None:
    """Case, spaces and signs do not matter; open interest in brackets is in a unit of its own."""
    assert role_of(name) == role


def test_each_name_has_one_role() -> None:
    """No spelling is in two lists, and all are written as they are compared."""
    every = [name for names in NAMES.values() for name in names]
    assert len(every) == len(set(every))
    assert [name for name in every if plain(name) != name] == []


def test_a_unit_behind_a_name_is_cut_off() -> None:
    """Round or square, and nothing else."""
    assert [without_unit(name) for name in ("Close (USDT)", "Close [usd] ", "Close")] == ["Close", "Close", "Close"]
    assert without_unit("(Close)x") == "(Close)x"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (["Volume BTC", "Volume USDT"], "Volume BTC"),
        (["Volume USDT", "Volume BTC"], "Volume BTC"),
        (["vol_eth"], "vol_eth"),
        (["Volume (SOL)"], "Volume (SOL)"),
        (["Volume USD", "Volume MA", "volume_24h"], None),
    ],
)
def test_volume_in_a_coin(header: list[str], found: str | None) -> None:
    """A dollar is no coin, and neither is an average."""
    assert coin_volume(header) == found


@pytest.mark.parametrize("name", ["opn_interest", "OpenInterst", "open interest btc", "total_oi", "interest"])
def test_what_resembles_open_interest_is_told(name: str) -> None:
    """A misspelt column would otherwise be passed over, and the map made without it."""
    assert like_open_interest(["ts", "open", name]) == [name]


def test_what_is_known_is_not_told() -> None:
    """Neither our own names nor those that merely hold the letters."""
    assert like_open_interest(["open", "openPrice", "oi", "Open Time", "points", "oi_high"]) == []
