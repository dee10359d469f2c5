"""Applications on fake exchanges, and what tests ask of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

import flask_smorest
import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.app import Clock as Now
from service.app import create_app
from service.market.contract import Exchange, Liquidations
from service.market.feed import LIMITS
from service.settings import Settings
from tests.support.fake_exchange import Clock, FakeExchange

# More callers at once than any test has: who waits for a seat is about that and nothing else.
MANY = 1000
# What cannot be asked without an exchange.
NEEDING = {
    *(f"/v1/{name}" for name in ("heatmap", "profile", "zones", "touches", "scan", "diff", "cascade", "skill")),
    *(f"/v1/{name}" for name in ("markets", "open-interest", "liquidations")),
    *(f"/v1/heatmap.{form}" for form in ("csv", "rows", "lwc", "npz", "arrow", "png")),
    "/v1/zones.png",
    "/probe",
}


class OnSim(FlaskClient):
    """A client that asks `sim` where a test names no exchange: what most tests are about is another thing."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request, on `sim` where it would need an exchange and has none."""
        if args and isinstance(args[0], str) and "query_string" not in kwargs:
            path, _, text = args[0].partition("?")
            args, kwargs = (path, *args[1:]), kwargs | {"query_string": text}
        if args and args[0] in NEEDING:
            kwargs["query_string"] = _with_exchange(kwargs["query_string"])
        return super().open(*args, **kwargs)


def _with_exchange(query: Any) -> Any:
    names = query if isinstance(query, Mapping) else dict(parse_qsl(query, keep_blank_values=True))
    if {"exchange", "a", "b"} & set(names):
        return query
    if isinstance(query, Mapping):
        return {**query, "exchange": "sim"}
    return f"{query}&exchange=sim" if query else "exchange=sim"


def without_contract(
    settings: Settings, exchanges: Mapping[str, Exchange], clock: Now, monotonic: Now | None = None
) -> Flask:
    """Return an application that answers as ever, but serves no contract, and nothing that is not fresh.

    Describing the schemas takes four fifths of a start, 55 of 70 ms, and most tests read no contract; those that do
    start the whole application (`sim_app`). Whether older data stand in depends on who is quicker: tests of it say so.
    """
    if not settings.stale_seconds:
        settings = replace(settings, stale_seconds=dict.fromkeys(LIMITS, 0.0))
    if settings.soft_seconds == Settings.soft_seconds:
        settings = replace(settings, soft_seconds=120.0)
    settings = replace(settings, threads=max(settings.threads, MANY))
    with patch.object(flask_smorest.Blueprint, "register_views_in_doc"):
        app = create_app(settings, exchanges=exchanges, clock=clock, monotonic=monotonic, jitter=lambda: 0.0)
    app.test_client_class = OnSim
    return app


def app_of(*exchanges: Exchange, clock: Clock | None = None, seconds: float = 10.0) -> Flask:
    """Return an application on these exchanges; loads side by side get one and a half times `seconds`."""
    return without_contract(Settings(exchange_seconds=seconds), {each.id: each for each in exchanges}, clock or Clock())


def ask(app: Flask, path: str, **query: object) -> dict[str, Any]:
    """Return the body of an answer that must be a success."""
    answer = app.test_client().get(path, query_string=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def refused(app: Flask, path: str, status: int, **query: object) -> dict[str, Any]:
    """Return the problem that an answer must be."""
    answer = app.test_client().get(path, query_string=query)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = answer.get_json(force=True)
    return body


def named(problem: dict[str, Any]) -> list[str]:
    """Return the parameters that a problem names."""
    return [error["field"] for error in problem["errors"]]


def both(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the hot and the cold zones."""
    return [*body["hot"], *body["cold"]]


class Publishing(FakeExchange):
    """A fake that publishes what was liquidated: luck alone, or a constant `factor` of it from `changed` on."""

    def __init__(self, exchange_id: str = "fake", *, price: float = 100.0, listed: int = 0) -> None:
        """Publish luck."""
        super().__init__(exchange_id, price=price, listed=listed)
        self.lacks(liquidations=True)
        self.changed, self.factor = 2**62, 1.0

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Liquidations:
        """Return amounts that depend on nothing but their time."""
        self._called("liquidations", symbol, timeframe, since, until)
        time = self._times(timeframe, since, until)
        factor = np.where(time >= self.changed, self.factor, 1.0)
        amounts = [np.random.default_rng(int(moment) // 1000).lognormal(10.0, 1.0, 2) for moment in time]
        table = np.array(amounts).reshape(-1, 2) * factor[:, None]
        return Liquidations(time, table[:, 0], table[:, 1])
