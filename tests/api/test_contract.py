"""Every answer is what the committed contract says.

A new resource adds its questions to ANSWERS, on the simulated exchanges.
"""

import pytest
from flask.testing import FlaskClient

from service.api.coinglass.query import MODELS
from service.api.coinglass.routes import UNDER
from service.market.contract import ExchangeUnavailable
from tests.support.contract import CONTRACT, check, plain
from tests.support.fake_exchange import FakeExchange

# path, query
ANSWERS = [
    ("/livez", ""),
    ("/readyz", ""),
    ("/v1/exchanges", ""),
    ("/v1/markets", ""),
    ("/v1/markets", "exchange=sim2"),
    ("/v1/heatmap", ""),
    ("/v1/heatmap", "candles=true"),
    ("/v1/heatmap", "encoding=segments&symbol=THIN"),
    ("/v1/heatmap", "encoding=deltas&split=true&exchange=all&bins=50"),
    ("/v1/heatmap", "exchange=sim2&timeframe=15m&lookback=1d&bins=50"),
    ("/v1/heatmap", "exchange=sim,sim2&split=true&bins=50"),
    ("/v1/heatmap", "exchange=all&encoding=segments&split=true&bins=50"),
    ("/v1/heatmap", "uncertainty=true&bins=50"),
    ("/v1/heatmap", "as_of=2025-09-01T00:00:00Z&lookback=2d&mix=5:1,10:1"),
    pytest.param("/v1/heatmap", "symbol=THIN&range_pct=0.1&bins=2000", marks=pytest.mark.slow),
    ("/v1/profile", ""),
    ("/v1/profile", "symbol=SOL&bins=20&range_pct=90"),
    ("/v1/profile", "exchange=all&split=true&bins=20"),
    ("/v1/profile", "uncertainty=true&bins=20"),
    ("/v1/profile", "mix=1.1:1&range_pct=0.1&lookback=12h"),
    ("/v1/zones", ""),
    ("/v1/zones", "timeframes=1h,4h&symbol=ETH"),
    *((f"/v1/heatmap.{form}", "bins=20&lookback=1d") for form in ("csv", "rows", "lwc", "npz", "arrow")),
    ("/v1/heatmap.png", "size=480x320"),
    ("/v1/zones.png", "size=480x320&theme=light"),
    ("/probe", ""),
    ("/v1/touches", ""),
    ("/v1/scan", ""),
    ("/v1/diff", "a=sim&b=sim2"),
    ("/v1/cascade", "move_pct=-3"),
    ("/v1/cascade", "buy_usd=5e7&symbol=SOL"),
    ("/v1/liquidation-price", "exchange=sim&symbol=BTC&entry=60000&leverage=10&side=long"),
    ("/v1/open-interest", "exchange=sim,sim2"),
    ("/v1/open-interest", "timeframe=1d&lookback=30d"),
    ("/v1/liquidations", "exchange=sim,sim2&lookback=2d"),
    ("/v1/skill", ""),
    *((f"{UNDER}/heatmap/{model}", "exchange=Sim&symbol=BTCUSDT&range=12h") for model in MODELS),
    *((f"{UNDER}/aggregated-heatmap/{model}", "symbol=ETH&range=180d") for model in MODELS),
    (f"{UNDER}/map", "exchange=Sim2&symbol=SOL&range=1d"),
    (f"{UNDER}/aggregated-map", "symbol=BTC&range=30d"),
    (f"{UNDER}/max-pain", "range=14d&exchange=Sim"),
]
# path, query, status
PROBLEMS = [
    ("/v1/exchanges", "nope=1", 422),
    ("/v1/markets", "exchange=mtgox", 404),
    ("/v1/heatmap", "bins=0", 422),
    ("/v1/heatmap", "symbol=NOPE", 404),
    ("/v1/profile", "exchange=mtgox", 404),
    ("/v1/zones", "top=0", 422),
    *((f"/v1/heatmap.{form}", "split=true", 422) for form in ("csv", "rows", "lwc", "npz", "arrow")),
    ("/v1/heatmap.png", "size=1x1", 422),
    ("/v1/zones.png", "symbol=NOPE", 404),
    ("/probe", "symbol=NOPE", 404),
    ("/v1/touches", "symbol=NOPE", 404),
    ("/v1/scan", "nope=1", 422),
    ("/v1/diff", "nope=1", 422),
    ("/v1/cascade", "", 422),
    ("/v1/liquidation-price", "", 422),
    ("/v1/open-interest", "mix=5:1", 422),
    ("/v1/liquidations", "symbol=NOPE", 404),
    ("/v1/skill", "symbol=NOPE", 404),
    *((f"{UNDER}/heatmap/{model}", "symbol=BTC", 400) for model in MODELS),
    *((f"{UNDER}/aggregated-heatmap/{model}", "symbol=NOPE", 404) for model in MODELS),
    (f"{UNDER}/map", "exchange=Binance&symbol=BTC", 404),
    (f"{UNDER}/aggregated-map", "symbol=BTC&range=2d", 400),
    (f"{UNDER}/max-pain", "range=1y", 400),
]


@pytest.mark.parametrize(("path", "query"), ANSWERS)
def test_answers_keep_to_the_contract(sim_client: FlaskClient, path: str, query: str) -> None:
    """Status 200, and a body that the contract's schema for it allows, with nothing that it does not name."""
    response = sim_client.get(f"{path}?{query}")
    assert response.status_code == 200, response.text[:300]
    check(path, response)


@pytest.mark.parametrize(("path", "query", "status"), PROBLEMS)
def test_problems_keep_to_the_contract(sim_client: FlaskClient, path: str, query: str, status: int) -> None:
    """Errors are described as well as answers are."""
    response = sim_client.get(f"{path}?{query}")
    assert response.status_code == status, response.text[:300]
    check(path, response)


def test_an_outage_keeps_to_the_contract(client: FlaskClient, fake: FakeExchange) -> None:
    """503 is described for every path that reads a market."""
    fake.fail("ohlcv", ExchangeUnavailable("sim", "down"))
    for path in ("/v1/heatmap", "/v1/profile", "/v1/zones"):
        response = client.get(path)
        assert response.status_code == 503
        check(path, response)


def test_every_path_is_asked() -> None:
    """A resource that is in the contract is in the lists above."""
    # One with a mark of its own carries its values within.
    assert {getattr(each, "values", each)[0] for each in ANSWERS} == set(CONTRACT["paths"])
    assert {path for path, _, _ in PROBLEMS} == set(CONTRACT["paths"]) - {"/livez", "/readyz"}


@pytest.mark.parametrize("path", [path for path in CONTRACT["paths"] if path.startswith("/v1/")])
def test_the_contract_names_the_errors_of_each_path(path: str) -> None:
    """What a caller must be ready for stands beside the answer."""
    operation = CONTRACT["paths"][path]["get"]
    reads_a_market = any(parameter["name"] == "exchange" for parameter in operation.get("parameters", []))
    expected = {"200", "422", "default"} | ({"304", "404", "503", "504"} if reads_a_market else set())
    assert set(operation["responses"]) == expected


def test_parameters_say_their_range() -> None:
    """A number has its bounds in the contract, a text its length, values or pattern; none may be null."""
    vague = []
    for path, operations in CONTRACT["paths"].items():
        for parameter in operations["get"].get("parameters", []):
            schema = plain(parameter["schema"])
            given = {name.removeprefix("exclusive").lower() for name in schema}
            bounds = {"minimum", "maximum"} if schema["type"] in {"integer", "number"} else set()
            texts = {"enum", "pattern", "maxLength"}
            if not bounds <= given or (schema["type"] == "string" and not texts & schema.keys()):
                vague.append((path, parameter["name"]))
            assert "null" not in schema["type"], (path, parameter["name"])
    assert vague == []
