"""GET /livez and /readyz: is the process alive, does it want traffic. Neither calls an exchange."""

import orjson
from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields


class ProbeSchema(Schema):
    """Answer of a probe."""

    status = fields.String(required=True)


def blueprint() -> Blueprint:
    """Return both probes."""
    routes = Blueprint("probes", __name__, description="For the orchestrator")

    @routes.get("/livez")
    @routes.response(200, ProbeSchema)
    def get_livez() -> Response:
        """Tell that the process answers."""
        return _status("alive")

    @routes.get("/readyz")
    @routes.response(200, ProbeSchema)
    def get_readyz() -> Response:
        """Tell that the application is built: settings read, libraries loaded, routes in place."""
        return _status("ready")

    return routes


def _status(text: str) -> Response:
    response = Response(orjson.dumps({"status": text}), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
