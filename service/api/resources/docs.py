"""GET /openapi.yaml, /openapi.json and /docs: the contract, and a page to try it on, served whole from here."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, redirect, render_template_string, send_from_directory
from werkzeug.wrappers import Response as Redirect

from service.api.edge.contract.published import as_json, as_yaml
from service.api.edge.kept_answers.document import Document

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
<style>
  #first { max-width: 1200px; margin: 0 auto; padding: 12px 20px; font: 16px/1.5 sans-serif; color: #3b4151; }
  #first img { max-width: 100%; height: auto; display: block; margin: 12px 0; background: #0e1116; }
  #first a { color: #1d5fa8; }
</style>
</head>
<body>
<main>
<section id="first">
<h1>Liquidation Heatmap</h1>
<p>Where leveraged positions would be force-closed, estimated from public exchange data. Three things to try first:</p>
<ol>
  <li><a href="./">Open the viewer</a>: candles over the map, zones at its right with their prices.</li>
  <li><a id="zones" href="v1/zones?exchange=sim&amp;symbol=BTC&amp;top=3">Ask for the hottest zones</a>: core, way
    there, chance of a touch, stop.</li>
  <li><a id="picture" href="v1/heatmap.png?exchange=sim&amp;symbol=BTC">Fetch the picture</a>, as a bot or a report
    would.</li>
</ol>
<img id="map" alt="The liquidation heatmap of BTC as it is now" width="1200" height="500" hidden>
<p>The model: every trade opens positions and closes others, as volume and open interest tell; how far from its entry a
position is liquidated follows from its leverage and the exchange's own rule; what price passes is gone. Amounts add up
to the exchange's open interest, and <code>assumptions</code> in each answer names all that does not come from data.
In the source docs/model.md has the formulas, docs/accuracy.md what they were measured to be worth, and
docs/reading-guide.md what traders do with a map.</p>
</section>
<div id="contract"></div>
</main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
# The first things to try are asked of an exchange that is served: a simulated one if there is any.
START = """SwaggerUIBundle({url: "openapi.yaml", dom_id: "#contract", deepLinking: true, validatorUrl: null});
fetch("v1/exchanges").then((response) => response.json()).then(({ exchanges }) => {
  const id = (exchanges.find((one) => one.simulated) ?? exchanges[0]).id, map = document.getElementById("map");
  for (const name of ["zones", "picture"]) {
    const link = document.getElementById(name);
    link.href = link.getAttribute("href").replace("exchange=sim", `exchange=${id}`);
  }
  map.addEventListener("load", () => { map.hidden = false; });
  map.src = `v1/heatmap.png?exchange=${id}&symbol=BTC&size=1200x500`;
});
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
