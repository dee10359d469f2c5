"""GET /openapi.yaml, /openapi.json and /docs: the contract, and a page to try it on, served whole from here."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, redirect, render_template_string, send_from_directory
from werkzeug.wrappers import Response as Redirect

from service.api.edge.contract import as_json, as_yaml
from service.api.edge.document import Document

SWAGGER_UI = str(files("flask_swagger_ui") / "dist")
# Only what the page loads is served of the bundle; it also holds source maps of several MB.
ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Liquidation Heatmap API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="docs/favicon-32x32.png">
</head>
<body>
<div id="contract"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
START = """SwaggerUIBundle({url: "openapi.yaml", dom_id: "#contract", deepLinking: true, validatorUrl: null});
"""
# Swagger UI styles elements in place and draws its icons from data: URLs; all else comes from this host.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)


def blueprint(contract: Callable[[], dict[str, Any]]) -> Blueprint:
    """Return the pages; `contract` gives the OpenAPI document, called on first use: it takes most of a start."""
    routes = Blueprint("docs", __name__)
    whole = cache(contract)
    as_text = Document(lambda: as_yaml(whole()), "application/yaml")
    as_object = Document(lambda: as_json(whole()), "application/json")

    @routes.get("/openapi.yaml")
    def get_contract() -> Response:
        return as_text.response()

    @routes.get("/openapi.json")
    def get_contract_as_json() -> Response:
        return as_object.response()

    @routes.get("/docs", strict_slashes=True)
    def get_docs() -> Response:
        response = Response(render_template_string(PAGE), content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @routes.get("/docs/")
    def get_docs_folder() -> Redirect:
        """Lead back: the page's links are relative, so that it also works under a prefix."""
        return redirect("../docs")

    @routes.get("/docs/start.js")
    def get_start() -> Response:
        return Response(START, content_type="text/javascript; charset=utf-8")

    for asset in ASSETS:
        routes.add_url_rule(
            f"/docs/{asset}", asset.replace(".", "_"), lambda name=asset: send_from_directory(SWAGGER_UI, name)
        )

    return routes
