"""Fixtures: adapters on their recorded venues, opened by id."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests_mock

from service.market.venues import build_venue
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW, Venue

OpenVenue = Callable[[str], tuple[Any, Venue]]


@pytest.fixture
def opened() -> Iterator[OpenVenue]:
    """Return a function that gives an adapter on its fake venue."""
    adapters: list[Any] = []
    with requests_mock.Mocker() as mock:

        def open_it(exchange_id: str) -> tuple[Any, Venue]:
            venue = VENUES[exchange_id]()
            mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
            adapters.append(build_venue(exchange_id, clock=lambda: NOW / 1000, throttle=False))
            return adapters[-1], venue

        yield open_it
        for adapter in adapters:
            adapter.close()
