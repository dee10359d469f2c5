"""A thousand PEPE is PEPE: one market under one name, whatever a venue calls it."""

import pytest

from service.market.contract import Market, UnknownSymbol, by_coin, coin_and_unit, resolve


@pytest.mark.parametrize(
    ("name", "coin", "unit"),
    [
        ("1000PEPE", "PEPE", 1e3),
        ("kPEPE", "PEPE", 1e3),
        ("1000SATS", "SATS", 1e3),
        ("10000LADYS", "LADYS", 1e4),
        ("1000000MOG", "MOG", 1e6),
        ("1MBABYDOGE", "BABYDOGE", 1e6),
        ("SHIB1000", "SHIB", 1e3),
        ("1000pepe", "PEPE", 1e3),
        ("BTC", "BTC", 1.0),
        ("1INCH", "1INCH", 1.0),
        ("KAVA", "KAVA", 1.0),
        ("kA", "kA", 1.0),
        ("1000X", "1000X", 1.0),
        ("10SET", "10SET", 1.0),
        ("1M", "1M", 1.0),
        ("C98", "C98", 1.0),
        ("1000", "1000", 1.0),
    ],
)
def test_names_of_many_coins(name: str, coin: str, unit: float) -> None:
    """And names that only look like it."""
    assert coin_and_unit(name) == (coin, unit)


def market(base: str, settle: str = "USDT") -> Market:
    """Return a market as a venue lists it."""
    _, unit = coin_and_unit(base)
    symbol = f"{base.upper()}/{settle}:{settle}"
    listed_as = base if unit != 1.0 else ""
    return Market(symbol, base.upper(), settle, settle, 10.0, 0.001, 0.0005, id=f"{base}{settle}", listed_as=listed_as,
                  unit=unit)  # fmt: skip


def listing(*bases: str) -> dict[str, Market]:
    """Return what is made of a venue's listing."""
    return by_coin({each.symbol: each for each in map(market, bases)})


def test_figures_are_of_one_coin() -> None:
    """The venue is still asked by its own name."""
    one = listing("1000PEPE")["PEPE/USDT:USDT"]
    assert (one.base, one.contract_size, one.price_tick) == ("PEPE", 10_000.0, 1e-6)
    assert (one.asked_as, one.unit, one.listed_as) == ("1000PEPE/USDT:USDT", 1000.0, "1000PEPE")


def test_a_coin_that_is_listed_itself_keeps_its_name() -> None:
    """Then the thousand of it is another market, under its own name and in its own figures."""
    found = listing("SHIB", "1000SHIB", "1000PEPE", "1000000PEPE")
    assert sorted(found) == ["1000000PEPE/USDT:USDT", "1000SHIB/USDT:USDT", "PEPE/USDT:USDT", "SHIB/USDT:USDT"]
    assert found["1000SHIB/USDT:USDT"].unit == 1.0
    assert found["PEPE/USDT:USDT"].unit == 1000.0


@pytest.mark.parametrize("listed", ["PEPE", "1000PEPE", "kPEPE", "PEPE1000", "1MPEPE"])
@pytest.mark.parametrize(
    "text",
    ["PEPE", "pepe", "1000PEPE", "kPEPE", "1000PEPEUSDT", "PEPEUSDT", "PEPE/USDT:USDT", "1000PEPE_USDT", "1MPEPE"],
)
def test_every_way_to_write_it_finds_it_everywhere(listed: str, text: str) -> None:
    """However the caller's venue lists it, and however this one does."""
    assert resolve("x", text, listing(listed, "BTC")) == "PEPE/USDT:USDT"


@pytest.mark.parametrize("text", ["AVA", "K", "1000BTC1", "KPEPE", "000PEPE"])
def test_what_only_looks_like_it_is_unknown(text: str) -> None:
    """Another coin's name is not cut up."""
    with pytest.raises(UnknownSymbol):
        resolve("x", text, listing("KAVA", "PEPE", "BTC"))
