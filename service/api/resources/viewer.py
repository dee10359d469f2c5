"""GET /: the viewer, a page of static files that draws what the public API answers."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

FOLDER = Path(__file__).resolve().parents[2] / "web"
# Scripts and styles are files of this host and nothing else. Lightweight Charts sets styles on its own elements through
# the object model, which needs no exception.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
# Files have no version in their names, so browsers ask whether they changed.
MAX_AGE_SECONDS = 300


def blueprint() -> Blueprint:
    """Return the page and its files."""
    routes = Blueprint("viewer", __name__)
    page = (FOLDER / "index.html").read_text()

    @routes.get("/")
    def get_viewer() -> Response:
        return _under_policy(Response(page, content_type="text/html; charset=utf-8"))

    @routes.get("/web/<path:name>")
    def get_file(name: str) -> Response:
        return _under_policy(send_from_directory(FOLDER, name, max_age=MAX_AGE_SECONDS))

    return routes


def _under_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response
