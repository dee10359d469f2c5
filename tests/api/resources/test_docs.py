"""GET /docs: a page that shows the contract, with nothing from any other host (tests/web opens it in a browser)."""

import pytest
from flask.testing import FlaskClient

from service.api.resources.docs import ASSETS, POLICY


def test_the_page_allows_nothing_from_elsewhere(client: FlaskClient) -> None:
    """By policy as well as in fact."""
    response = client.get("/docs")
    assert response.headers["Content-Security-Policy"] == POLICY
    assert "http" not in POLICY
    assert "//" not in response.text.replace("<!doctype", "")


@pytest.mark.parametrize("asset", [*ASSETS, "start.js"])
def test_its_parts_are_served(client: FlaskClient, asset: str) -> None:
    """Each with its type, and not empty."""
    response = client.get(f"/docs/{asset}")
    assert response.status_code == 200
    kind = {"css": "text/css", "js": "text/javascript", "png": "image/png"}[asset.rsplit(".", 1)[1]]
    assert response.content_type.startswith(kind)
    assert response.data
    response.close()


@pytest.mark.parametrize("path", ["swagger-ui.css.map", "../settings.py", "..%2fapp.py", "index.html", "%2e%2e/x"])
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    """Only what the page loads, and no way out of the folder."""
    assert client.get(f"/docs/{path}").status_code == 404
