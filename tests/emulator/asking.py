"""Questions to the emulator without ccxt: plain calls, and calls that must be refused."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.emulator.server import Emulator


def ask(emulator: Emulator, venue: str, path: str, **query: Any) -> Any:
    """Return the JSON of one GET."""
    with urlopen(f"{emulator.url(venue)}{path}?{urlencode(query)}") as response:
        return json.load(response)


def post(emulator: Emulator, venue: str, path: str, body: Any) -> Any:
    """Return the JSON of one POST."""
    request = Request(emulator.url(venue) + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request) as response:
        return json.load(response)


def refused(emulator: Emulator, venue: str, path: str, **query: Any) -> Any:
    """Return the JSON with which a call is refused by status 400."""
    with pytest.raises(HTTPError) as caught:
        ask(emulator, venue, path, **query)
    with caught.value as error:
        assert error.code == 400
        return json.load(error)
