"""The chart knows the settings of the service as the service itself does; `make chart` writes what is held here."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import yaml

from service.market.adapter.transport import BoundedSession
from service.market.contract import ExchangeUnavailable
from service.market.venues import VENUE_IDS, build_venue
from tests.support import chart_settings


@pytest.mark.parametrize("path", sorted(chart_settings.generated()), ids=lambda path: path.name)
def test_what_is_generated_is_what_the_service_says(path: Path) -> None:
    """Names, kinds, ranges and tables; after a change of a setting or a value run `make chart`."""
    assert path.read_text() == chart_settings.generated()[path]


def test_ranges_are_found_by_trying() -> None:
    """The edges that two settings state in their messages."""
    known = {setting.name: setting for setting in chart_settings.settings()}
    assert known["LH_LOAD_THREADS"].range == chart_settings.Range(least=1, most=256)
    assert known["LH_EXCHANGE_SECONDS"].range == chart_settings.Range(above=0, most=120)
    assert known["LH_EGRESS_PROXY"].secret


def test_values_set_only_settings_that_there_are() -> None:
    """What the templates write into the environment is known to this release, or asked for before."""
    known = {setting.name for setting in chart_settings.settings()}
    later = {"LH_METRICS_PORT", "LH_CACHE_URL"}
    folder = chart_settings.CHART / "templates"
    text = "".join(path.read_text() for path in folder.glob("*.yaml"))
    written = set(re.findall(r"^ +(LH_\w+):", text, re.MULTILINE))
    assert written <= known | later
    # Those that `config` may set too: the pod's own proxy is believed, and pods share an address.
    assert {*chart_settings.ELSEWHERE, "LH_TRUSTED_PROXIES", "LH_FLEET_SIZE"} >= written


def test_the_cilium_policy_names_the_hosts_that_exchanges_are_asked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each adapter's call for its listing goes to a host of the list, and the list has no other."""
    values = yaml.safe_load((chart_settings.CHART / "values.yaml").read_text())
    asked: set[str | None] = set()

    def send(_: BoundedSession, request: requests.PreparedRequest, **__: object) -> requests.Response:
        asked.add(urlsplit(str(request.url)).hostname)
        raise requests.ConnectionError

    monkeypatch.setattr(BoundedSession, "send", send)
    for name in VENUE_IDS:
        before, exchange = len(asked), build_venue(name, throttle=False)
        with pytest.raises(ExchangeUnavailable):
            exchange.markets()
        assert len(asked) > before, name
    assert asked == set(values["networkPolicy"]["cilium"]["exchangeHosts"])


def test_reading_the_server_leaves_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory of metrics that it named would be shared by all servers that tests start later, each emptying it."""
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    before = dict(os.environ)
    assert chart_settings.accepted("LH_METRICS_PORT", "9090", chart_settings.read_server)
    assert dict(os.environ) == before
