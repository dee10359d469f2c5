"""The exchange is always named: in any case, and never by default."""

import pytest
from flask.testing import FlaskClient

from tests.support.fake_apps import NEEDING, OnSim, app_of, ask, named, refused
from tests.support.fake_exchange import FakeExchange

CHOICES = ("binance", "bybit", "okx", "gate", "kucoin", "htx", "bitget", "hyperliquid", "all", "sim", "sim2")


def asked_as_it_is(path: str, **query: object) -> tuple[int, dict[str, object]]:
    """Return status and body of a request to which nothing is added."""
    app = app_of(FakeExchange("sim"), FakeExchange("binance"))
    app.test_client_class = FlaskClient
    answer = app.test_client().get(path, query_string=query)
    return answer.status_code, answer.get_json(force=True)


@pytest.mark.parametrize("path", sorted(NEEDING - {"/v1/diff"}))
def test_there_is_no_default(path: str) -> None:
    """Whoever forgets it is told what there is, simulated prices among it."""
    assert OnSim is not FlaskClient
    status, body = asked_as_it_is(path)
    assert status == 422
    errors = body["errors"]
    assert isinstance(errors, list)
    assert [error["field"] for error in errors] == ["exchange"]
    assert all(choice in errors[0]["message"] for choice in CHOICES)


def test_nor_for_a_diff_of_moments() -> None:
    """Exchange against exchange names them itself."""
    status, body = asked_as_it_is("/v1/diff", as_of_a="2025-05-30T00:00:00Z")
    assert (status, body["detail"]) == (
        422,
        "exchange: Is needed to compare moments. Allowed: an id of /v1/exchanges, or sim.",
    )


@pytest.mark.parametrize("text", ["Binance", "BINANCE", " binance ", "biNance,OKX", "ALL", "All"])
def test_ids_are_read_in_any_case(text: str) -> None:
    """As people write them; answers have them in lower case."""
    app = app_of(FakeExchange("binance"), FakeExchange("okx"))
    body = ask(app, "/v1/heatmap", exchange=text)
    assert set(body["exchange"].split(",")) <= {"binance", "okx"}


def test_every_parameter_that_names_one_does() -> None:
    """The sides of a diff, the calculator, the listing."""
    app = app_of(FakeExchange("binance"), FakeExchange("okx"))
    assert ask(app, "/v1/diff", a="BINANCE", b="Okx")["kind"] == "exchanges"
    assert ask(app, "/v1/markets", exchange="OKX")["exchange"] == "okx"
    price = ask(app, "/v1/liquidation-price", exchange="Binance", side="long", entry=100, leverage=10)
    assert price["exchange"] == "binance"


@pytest.mark.parametrize("path", ["/v1/heatmap", "/v1/profile", "/v1/zones", "/v1/touches", "/v1/scan"])
def test_the_simulated_are_never_summed_with_the_real(path: str) -> None:
    """Made-up positions are no part of a market; `all` are the real ones."""
    made_up = FakeExchange("sim")
    made_up.simulated = True
    app = app_of(made_up, FakeExchange("binance"))
    problem = refused(app, path, 422, exchange="binance,sim")
    assert named(problem) == ["exchange"]
    assert "Sim is simulated" in problem["detail"]
    if path != "/v1/scan":
        assert [source["exchange"] for source in ask(app, path, exchange="all")["sources"]] == ["binance"]


def test_nor_compared_with_them() -> None:
    """A difference to what was made up says nothing of either."""
    made_up = FakeExchange("sim")
    made_up.simulated = True
    problem = refused(app_of(made_up, FakeExchange("binance")), "/v1/diff", 422, a="binance", b="sim")
    assert named(problem) == ["b"]
