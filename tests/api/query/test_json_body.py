"""JSON bodies: what they hold, or a 400 with the reason."""

from typing import Any

import pytest
from flask import Flask, request
from marshmallow import Schema
from webargs import missing
from werkzeug.exceptions import BadRequest

from service.api.query.json_body import JsonBody


def read(data: str | bytes, kind: str = "application/json") -> Any:
    """Return what a body is read as."""
    with Flask(__name__).test_request_context(method="POST", data=data, content_type=kind):
        return JsonBody().load_json(request, Schema())


def test_an_object_is_what_it_holds() -> None:
    """As JSON has it; nothing, or what is not said to be JSON, is missing."""
    assert read('{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    assert read("") is missing
    assert read("{}", "text/plain") is missing


@pytest.mark.parametrize(
    ("data", "said"),
    [("{", "no JSON"), (b"\xff", "no JSON"), ("[1]", "no JSON object"), ("[" * 100_000, "too deeply")],
    ids=["cut off", "no text", "a list", "lists in lists"],
)
def test_what_cannot_be_read_is_told(data: str | bytes, said: str) -> None:
    """As a bad request, whichever way the parser fails."""
    with pytest.raises(BadRequest, match=said):
        read(data)
