"""GET / and /web: the viewer's page and its files, under one policy (tests/web opens them in a browser)."""

import re

import pytest
from flask.testing import FlaskClient

from service.api.resources.viewer import FOLDER, MAX_AGE_SECONDS, POLICY

FILES = [str(file.relative_to(FOLDER)) for file in sorted(FOLDER.rglob("*")) if file.is_file()]


def test_the_page_names_files_that_are_there(client: FlaskClient) -> None:
    """Every script and style of the page is one of ours, and is served."""
    page = client.get("/")
    assert page.content_type == "text/html; charset=utf-8"
    named = re.findall(r'(?:src|href)="web/([^"]+)"', page.text)
    assert named
    assert set(named) <= set(FILES)
    assert not re.search(r'(?:src|<link[^>]+href)="(?:https?:)?//', page.text)


def test_nothing_comes_from_elsewhere(client: FlaskClient) -> None:
    """By policy: this host's own files and nothing inline, for the page and for every file of it."""
    for path in ("/", *(f"/web/{name}" for name in FILES)):
        response = client.get(path)
        assert response.status_code == 200
        assert response.headers["Content-Security-Policy"] == POLICY
        response.close()
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


def test_browsers_ask_whether_a_file_changed(client: FlaskClient) -> None:
    """Names carry no version, so a file is kept for minutes and then asked for by its tag."""
    with client.get("/web/js/palette.js") as first:
        assert first.cache_control.max_age == MAX_AGE_SECONDS
        tag = first.headers["ETag"]
    with client.get("/web/js/palette.js", headers={"If-None-Match": tag}) as again:
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/web/../settings.py", "/web/%2e%2e/settings.py", "/web/nothing.js", "/web/"])
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    """No way out of the folder, and no listing of it."""
    assert client.get(path).status_code == 404
