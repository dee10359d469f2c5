"""/probe as a Prometheus scrapes it: few series, and an exchange that fails is a figure and no error."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from service.api.resources import zone_probe
from service.market.contract import ExchangeUnavailable
from tests.support.fake_apps import app_of, ask, refused
from tests.support.fake_exchange import FakeExchange

ZONE = {f"heatmap_next_zone_{name}" for name in ("distance_ratio", "heat", "notional", "rank", "low", "high")}


def read(client: FlaskClient, query: str = "") -> dict[tuple[str, str], float]:
    """Return each series of a probe by name and side (empty for none), as Prometheus' parser reads it."""
    answer = client.get(f"/probe?{query}")
    assert (answer.status_code, answer.content_type) == (200, "text/plain")
    families = text_string_to_metric_families(answer.text)
    return {(each.name, side_of(each.labels)): each.value for of in families for each in of.samples}


def side_of(labels: Mapping[str, str]) -> str:
    """Return the side; there is no other label."""
    assert labels.keys() <= {"side"}
    return labels.get("side", "")


def test_it_says_what_zones_says(sim_client: FlaskClient) -> None:
    """The nearest hot zone of each side, with the figures that /v1/zones has of it."""
    seen = read(sim_client, "exchange=sim&symbol=BTC&lookback=3d")
    body = sim_client.get("/v1/zones?exchange=sim&symbol=BTC&lookback=3d&kind=hot&top=200").get_json()
    assert seen["probe_success", ""] == 1.0
    assert seen["heatmap_price", ""] == body["price"]
    assert seen["heatmap_data_quality", ""] == body["data_quality"]["value"]
    for side in ("long", "short"):
        nearest = min((zone for zone in body["hot"] if zone["side"] == side), key=lambda zone: zone["distance_pct"])
        assert seen["heatmap_next_zone_distance_ratio", side] == pytest.approx(nearest["distance_pct"] / 100, rel=1e-3)
        assert seen["heatmap_next_zone_rank", side] == nearest["rank"]
        for name in ("heat", "notional", "low", "high"):
            assert seen[f"heatmap_next_zone_{name}", side] == pytest.approx(nearest[name], rel=1e-3)
    assert {name for name, side in seen if side} == ZONE


def test_an_exchange_that_fails_is_a_figure(fake: FakeExchange, client: FlaskClient) -> None:
    """The scrape succeeds and says that the probe did not, and why; it is not kept."""
    fake.fail("ohlcv", ExchangeUnavailable("sim", "it is down", cause="refused"))
    answer = client.get("/probe?symbol=BTC")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    families = text_string_to_metric_families(answer.text)
    assert {(each.name, *each.labels.values()): each.value for of in families for each in of.samples} == {
        ("probe_success",): 0.0,
        ("probe_failure", "refused"): 1.0,
    }


@pytest.mark.parametrize(
    ("query", "status"), [("symbol=NOPE", 404), ("exchange=mtgox", 404), ("range_pct=0", 422), ("target=x", 422)]
)
def test_a_target_that_is_none_is_an_error(client: FlaskClient, query: str, status: int) -> None:
    """What no waiting mends fails the scrape, so that the target shows as down."""
    assert client.get(f"/probe?{query}").status_code == status


def test_it_has_a_validator_and_is_kept(client: FlaskClient) -> None:
    """Probes of several Prometheus share one answer."""
    first = client.get("/probe?symbol=BTC")
    assert client.get("/probe?symbol=BTC", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_more_than_there_is_room_for_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, while another waits for its exchange; other paths are answered, and room is given back."""
    monkeypatch.setattr(zone_probe, "PROBES_AT_ONCE", 1)
    slow, quick = FakeExchange("slow"), FakeExchange("quick")
    app, held = app_of(slow, quick), slow.hold("ohlcv")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: app.test_client().get("/probe?exchange=slow"))
        assert held.entered.wait(30)
        refused(app, "/probe", 503, exchange="quick")
        ask(app, "/v1/zones", exchange="quick")
        held.release.set()
        assert first.result(60).status_code == 200
    assert app.test_client().get("/probe?exchange=quick").status_code == 200
