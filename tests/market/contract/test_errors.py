"""Errors carry what an answer needs, and their tree is as it is drawn."""

import re

import pytest

from service.market.contract import (
    BadData,
    DifferentMarket,
    ExchangeUnavailable,
    MarketError,
    NotPublished,
    Overloaded,
    UnknownExchange,
    UnknownSymbol,
    Unsupported,
    errors,
)


def test_the_tree_is_as_it_is_drawn() -> None:
    """The docstring names every error once, each deeper by a step than the one that it is a kind of."""
    drawn = re.findall(r"^([│├└─ ]*)(\w+)(?= {2,}|$)", str(errors.__doc__), re.MULTILINE)
    path: list[str] = []
    parents = {}
    for prefix, name in drawn:
        path[len(prefix) // 4 :] = [name]
        parents[name] = path[-2] if len(path) > 1 else "Exception"
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    real = {kind.__name__: str(getattr(kind.__base__, "__name__", "")) for kind in kinds}
    assert parents == real


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (UnknownExchange("x", ["a", "b"]), "unknown exchange 'x'; one of: a, b"),
        (UnknownSymbol("x", "Y"), "x lists no perpetual swap 'Y'"),
        (UnknownSymbol("x", "Y", "it was delisted"), "x lists no perpetual swap 'Y': it was delisted"),
        (
            DifferentMarket("x", "Y", 2.0, 1.0),
            "its price of Y is 2 where the median is 1: another coin under the name, or another unit",
        ),
        (Unsupported("no"), "no"),
        (NotPublished("no"), "no"),
        (ExchangeUnavailable("x", "is down"), "x: is down"),
        (BadData("x", "torn"), "x: torn"),
        (Overloaded("", "no room here", 1.0), "no room here"),
    ],
)
def test_texts(error: MarketError, text: str) -> None:
    """What a caller reads."""
    assert str(error) == text


def test_overload_is_the_exchanges_and_short() -> None:
    """It asks the caller to come back soon, and does not tell others to leave the exchange alone."""
    error = Overloaded("x")
    assert (error.exchange, error.retry_after, error.rest) == ("x", errors.OVERLOAD_WAIT_S, False)
