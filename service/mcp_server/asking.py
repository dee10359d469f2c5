"""A path of the service asked: in this process, or over HTTP."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import requests
from flask import Flask
from mcp.server.mcpserver.exceptions import ToolError

# Parameters of a path to its answer; raises ToolError with a sentence for the model.
Ask = Callable[[str, Mapping[str, Any]], dict[str, Any]]

# The dearest answers load twelve markets from an exchange that is slow.
SECONDS = 60.0
OK = 200


def asking_in_process(app: Flask) -> Ask:
    """Return what asks an application that lives in this process."""

    def ask(path: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        response = app.test_client().get(f"/v1/{path}", query_string=_query(parameters))
        return _answer_of(response.status_code, response.get_data())

    return ask


def asking_over_http(url: str, key: str | None = None, *, seconds: float = SECONDS) -> Ask:
    """Return what asks a running service at `url`, scheme and host, with its API key if it wants one."""
    base = url.rstrip("/")
    headers = {"X-API-Key": key} if key else {}

    def ask(path: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        try:
            response = requests.get(f"{base}/v1/{path}", params=_query(parameters), headers=headers, timeout=seconds)
        except requests.RequestException as error:
            why = "did not answer in time" if isinstance(error, requests.Timeout) else "cannot be reached"
            raise ToolError(f"the service at {base} {why}; try again, or start it") from None
        return _answer_of(response.status_code, response.content)

    return ask


def _query(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in parameters.items()
        if value is not None
    }


def _answer_of(status: int, content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ToolError(f"status {status} without JSON: is this the address of a liquidation heatmap?")
    if status != OK:
        raise ToolError(_problem(body))
    return body


def _problem(body: Mapping[str, Any]) -> str:
    errors = [f"{error['field']}: {error['message']}" for error in body.get("errors") or ()]
    return "; ".join(errors) or str(body.get("detail") or body.get("title") or "the service refused")
