"""GET /livez and /readyz: about this process, never about an exchange."""

import pytest
from flask.testing import FlaskClient

from service.market.contract import ExchangeUnavailable
from tests.support.fake_exchange import FakeExchange


@pytest.mark.parametrize(("path", "status"), [("/livez", "alive"), ("/readyz", "ready")])
def test_probes_call_no_exchange(client: FlaskClient, fake: FakeExchange, path: str, status: str) -> None:
    """They stay well while every exchange is down, and are never cached."""
    for method in ("markets", "ohlcv"):
        fake.fail(method, ExchangeUnavailable("sim", "down"))
    assert client.get("/v1/heatmap").status_code == 503
    calls = len(fake.calls)
    response = client.get(path)
    assert (response.status_code, response.json) == (200, {"status": status})
    assert response.headers["Cache-Control"] == "no-store"
    assert len(fake.calls) == calls


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_probe_may_carry_a_query(client: FlaskClient, path: str) -> None:
    """Load balancers add one to get around caches."""
    assert client.get(f"{path}?t=1").status_code == 200
