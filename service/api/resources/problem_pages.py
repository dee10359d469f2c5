"""GET /problems/...: what a kind of problem means and what to do, where the `type` of an error leads."""

from flask import Blueprint, Response, abort, render_template_string

from service.api.edge.errors.problem_pages import PAGES

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
</head>
<body>
{% for kind, page in pages.items() %}
<h1 id="{{ kind }}">{{ page.title }}</h1>
<p><code>/problems/{{ kind }}</code>, status {{ page.status }}</p>
<h2>What happened</h2>
<p>{{ page.happened }}</p>
<h2>What to do</h2>
<p>{{ page.advice }}</p>
{% endfor %}
</body>
</html>
"""
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def blueprint() -> Blueprint:
    """Return the pages."""
    routes = Blueprint("problem_pages", __name__)

    @routes.get("/problems")
    def get_problems() -> Response:
        return _page("Problems", list(PAGES))

    @routes.get("/problems/<kind>")
    def get_problem(kind: str) -> Response:
        if kind not in PAGES:
            abort(404, f"There is no kind of problem named {kind}; /problems lists all.")
        return _page(PAGES[kind].title, [kind])

    return routes


def _page(title: str, kinds: list[str]) -> Response:
    text = render_template_string(PAGE, title=title, pages={kind: PAGES[kind] for kind in kinds})
    response = Response(text, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
