"""Lists are read as clients write them: joined with commas, repeated, or both."""

import pytest
from flask.testing import FlaskClient

from service.api.query.listed import joined
from tests.support.contract import CONTRACT

# path, what else it needs, its list, two of its values
LISTS = [
    ("/v1/heatmap", "exchange=sim", "layers", ("long", "heat")),
    ("/v1/zones", "exchange=sim", "timeframes", ("1h", "4h")),
    ("/v1/scan", "exchange=sim", "symbols", ("BTC", "ETH")),
    *(
        (f"/v1/{name}", "", "exchange", ("sim", "sim2"))
        for name in ("heatmap", "profile", "zones", "open-interest", "liquidations")
    ),
    ("/v1/diff", "b=sim2", "a", ("sim", "sim2")),
    ("/v1/diff", "a=sim", "b", ("sim", "sim2")),
]


def test_joined() -> None:
    """Once or several times, it is one text."""
    assert joined(["a,b", "c"]) == "a,b,c"


@pytest.mark.parametrize(("path", "more", "name", "values"), LISTS)
def test_joined_and_repeated_are_one_request(
    sim_client: FlaskClient, path: str, more: str, name: str, values: tuple[str, str]
) -> None:
    """The same bytes under the same ETag."""
    spellings = (f"{name}={','.join(values)}", "&".join(f"{name}={value}" for value in values))
    one, other = (sim_client.get(f"{path}?{more}&{spelling}") for spelling in spellings)
    assert one.status_code == 200, one.text
    assert (one.data, one.headers["ETag"]) == (other.data, other.headers["ETag"])


@pytest.mark.parametrize(("path", "more", "name", "values"), LISTS)
def test_nothing_is_named_twice(
    sim_client: FlaskClient, path: str, more: str, name: str, values: tuple[str, str]
) -> None:
    """Neither side by side nor apart: whoever writes it twice meant something else."""
    for spelling in (f"{name}={values[0]},{values[0]}", "&".join(f"{name}={each}" for each in (*values, values[0]))):
        answer = sim_client.get(f"{path}?{more}&{spelling}")
        assert answer.status_code == 422
        assert answer.get_json(force=True)["errors"] == [
            {"field": name, "message": "One is named twice. Allowed: each at most once."}
        ]


def test_every_list_is_among_them() -> None:
    """A list of the contract is asked both ways above."""
    declared = {
        (path, parameter["name"])
        for path, operations in CONTRACT["paths"].items()
        for parameter in operations["get"].get("parameters", [])
        if parameter["schema"].get("type") == "array"
    }
    assert declared <= {(path, name) for path, _, name, _ in LISTS}


def test_what_is_one_is_given_once(sim_client: FlaskClient) -> None:
    """The exchange of a listing, and anything else that is no list."""
    for query in ("exchange=sim&exchange=sim2", "exchange=sim&exchange=sim"):
        assert "Is given 2 times" in sim_client.get(f"/v1/markets?{query}").get_json(force=True)["detail"]


@pytest.mark.parametrize("path", ["/v1/heatmap", "/v1/profile", "/v1/zones", "/v1/touches"])
def test_spellings_of_a_symbol_share_an_answer(sim_client: FlaskClient, path: str) -> None:
    """One market is one entry under one ETag, and no other market is."""
    spellings = ("BTC", "BTCUSDT", "btc", "BTC/USDT:USDT")
    first, *others = (sim_client.get(f"{path}?symbol={symbol}") for symbol in spellings)
    assert first.get_json()["symbol"] == "BTC/USDT:USDT"
    for other in others:
        assert (other.data, other.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert sim_client.get(f"{path}?symbol=ETH").headers["ETag"] != first.headers["ETag"]
