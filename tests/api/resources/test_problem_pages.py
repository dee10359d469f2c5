"""GET /problems/...: the type of every error leads to a page that says what happened and what to do."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import default_exceptions

from service.api.edge.errors.problem_pages import PAGES
from service.api.edge.errors.problems import KINDS
from tests.conftest import Problem
from tests.support.contract import CONTRACT

# path, method
PROBLEMS = [
    ("/v1/heatmap?bins=0", "GET"),
    ("/v1/heatmap?exchange=nowhere", "GET"),
    ("/v1/heatmap?symbol=NOPE", "GET"),
    ("/v1/nope", "GET"),
    ("/v1/heatmap", "POST"),
    ("/problems/nope", "GET"),
]


@pytest.mark.parametrize(("path", "method"), PROBLEMS)
def test_the_type_leads_to_its_page(client: FlaskClient, problem: Problem, path: str, method: str) -> None:
    """Followed as it stands; the page has the title, what happened and what to do."""
    body = problem(client.open(path, method=method))
    page = client.get(body["type"])
    assert (page.status_code, page.mimetype) == (200, "text/html")
    kind = PAGES[body["type"].removeprefix("/problems/")]
    assert kind.status == body["status"]
    assert kind.title == body["title"]
    for text in ("What happened", "What to do", kind.title):
        assert text in page.text


def test_every_kind_of_market_error_has_one() -> None:
    """Under the title and status that the error has."""
    for kind, title, status in KINDS.values():
        assert (PAGES[kind].title, PAGES[kind].status) == (title, status)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 413, 414, 415, 429])
def test_every_status_that_the_edge_refuses_with_has_one(status: int) -> None:
    """Named after the status, as such a problem is."""
    name = default_exceptions[status]().name
    assert PAGES[name.lower().replace(" ", "-")].status == status


def test_one_page_lists_all(app: Flask) -> None:
    """So does the contract."""
    text = app.test_client().get("/problems").text
    described = CONTRACT["components"]["schemas"]["Problem"]["properties"]["type"]["description"]
    for kind, page in PAGES.items():
        assert f'id="{kind}"' in text
        assert f"/problems/{kind} ({page.status})" in described
