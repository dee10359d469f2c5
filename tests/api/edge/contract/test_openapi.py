"""The contract: valid, committed as it is served, and true about what is served."""

import enum
import http
from typing import Any

import openapi_spec_validator
import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings
from tests.support.contract import COMMITTED, CONTRACT


def test_the_committed_contract_is_the_one_served(sim_client: FlaskClient) -> None:
    """To the last byte; `make openapi` writes it anew."""
    response = sim_client.get("/openapi.yaml")
    assert response.status_code == 200
    assert response.content_type == "application/yaml"
    assert response.text == COMMITTED.read_text(encoding="utf-8")


def test_it_is_valid() -> None:
    """By the specification's own rules."""
    openapi_spec_validator.validate(CONTRACT)


def test_it_does_not_depend_on_the_settings(sim_client: FlaskClient) -> None:
    """Every deployment serves the same contract."""
    other = create_app(Settings(exchanges=("sim2",), sim_seed=99)).test_client()
    assert other.get("/openapi.yaml").text == sim_client.get("/openapi.yaml").text


@pytest.mark.parametrize("word", ["UNPROCESSABLE_ENTITY", "UNPROCESSABLE_CONTENT"])
def test_it_does_not_depend_on_the_python(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pythons before and after 3.13 name a status in other words; the contract is the same to the last byte."""
    names = {status.name: status.value for status in http.HTTPStatus if status != 422} | {word: 422}
    new: Any = enum.IntEnum  # its members are not known before it runs
    renamed = new("HTTPStatus", names)
    for status in renamed:
        status.phrase = word.replace("_", " ").title() if status == 422 else http.HTTPStatus(status).phrase
    monkeypatch.setattr(http, "HTTPStatus", renamed)
    served = create_app(Settings(exchanges=("sim",))).test_client().get("/openapi.yaml")
    assert served.text == COMMITTED.read_text(encoding="utf-8")


def test_every_path_of_it_is_served_and_the_other_way_round(app: Flask) -> None:
    """Nothing is promised that is not there, and nothing under /v1 or /coinglass is there that is not promised."""
    served = {rule.rule for rule in app.url_map.iter_rules()}
    assert set(CONTRACT["paths"]) <= served
    assert {rule for rule in served if rule.startswith(("/v1/", "/coinglass/"))} <= set(CONTRACT["paths"])


def test_every_operation_has_a_name_and_a_sentence() -> None:
    """Clients generated from it read well."""
    for path, operations in CONTRACT["paths"].items():
        allowed = {"get", "parameters"} | ({"post"} if path == "/v1/liquidation-price" else set())
        assert set(operations) <= allowed, path
        for method in set(operations) - {"parameters"}:
            assert operations[method]["summary"], path
            assert operations[method]["tags"], path


def test_errors_are_described_as_problems() -> None:
    """One content type for all of them."""
    for name, response in CONTRACT["components"]["responses"].items():
        if name != "NOT_MODIFIED":
            assert list(response["content"]) == ["application/problem+json"], name


def test_it_says_nothing_of_this_machine() -> None:
    """No host, no path, no secret."""
    text = COMMITTED.read_text(encoding="utf-8")
    assert yaml.safe_load(text)["servers"] == [{"url": "/"}]
    assert "localhost" not in text
    assert "/home/" not in text


def test_every_operation_has_an_id_and_every_schema_a_description() -> None:
    """Methods and types of generated clients are named and explained."""
    paths = CONTRACT["paths"].values()
    ids = [operations[method]["operationId"] for operations in paths for method in set(operations) - {"parameters"}]
    assert len(set(ids)) == len(ids)
    assert {"getLiquidationPrice", "postLiquidationPrice"} <= set(ids)
    assert [name for name, schema in CONTRACT["components"]["schemas"].items() if not schema.get("description")] == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1/heatmap",
        "/v1/markets",
        "/v1/zones",
        "/v1/liquidation-price?entry=100&leverage=5&side=long&size=1&exchange=sim",
    ],
)
def test_headers_are_sent_as_described(sim_client: FlaskClient, path: str) -> None:
    """Answers with an ETag say so; Age comes with an answer that is a second old."""
    described = CONTRACT["paths"][path.partition("?")[0]]["get"]["responses"]["200"]["headers"]
    response = sim_client.get(path)
    assert response.status_code == 200
    assert set(described) - {"Age"} <= set(response.headers.keys())


def test_an_unavailable_exchange_says_when_to_ask_again() -> None:
    """In the contract; that it is sent is tested with the problems."""
    assert "Retry-After" in CONTRACT["components"]["responses"]["SERVICE_UNAVAILABLE"]["headers"]
