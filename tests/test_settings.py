"""Settings come from the environment, and a wrong one is named."""

import dataclasses
import json
import os
import re
import traceback
from pathlib import Path
from typing import Any

import certifi
import pytest

from service.app import build_exchanges
from service.market.venues import VENUE_IDS
from service.settings import SERVER, BadSettings, Settings, as_told, settings_from_environment


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away whatever the caller's environment sets."""
    for name in [name for name in os.environ if name.startswith("LH_")]:
        monkeypatch.delenv(name)


def test_defaults() -> None:
    """An empty environment gives the defaults, which serve the simulated exchange first."""
    assert settings_from_environment() == Settings()
    assert Settings().exchanges[0] == "sim"
    assert Settings().base_urls == {}


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("LH_EXCHANGES", "sim", "exchanges", ("sim",)),
        ("LH_EXCHANGES", "binance, sim2 ,", "exchanges", ("binance", "sim2")),
        ("LH_BASE_URLS", '{"binance": "http://127.0.0.1:9/x"}', "base_urls", {"binance": "http://127.0.0.1:9/x"}),
        ("LH_BASE_URLS", "{}", "base_urls", {}),
        ("LH_FLEET_SIZE", "3", "fleet_size", 3),
        ("LH_WORKERS", "5", "workers", 5),
        ("LH_EGRESS_GROUP", "nat-1_a", "egress_group", "nat-1_a"),
        ("LH_UNTHROTTLED", "true", "unthrottled", True),
        ("LH_UNTHROTTLED", "0", "unthrottled", False),
        ("LH_EGRESS_PROXY", "http://me:pass@proxy:3128/", "egress_proxy", "http://me:pass@proxy:3128"),
        ("LH_EGRESS_PROXY", "", "egress_proxy", None),
        ("LH_CA_FILE", "", "ca_file", None),
        ("LH_CA_FILE", certifi.where(), "ca_file", certifi.where()),
        ("LH_EXCHANGE_SECONDS", "2.5", "exchange_seconds", 2.5),
        ("LH_ANSWER_BYTES", "0", "answer_bytes", 0),
        ("LH_LOAD_THREADS", "4", "load_threads", 4),
        ("LH_SIM_SEED", "11", "sim_seed", 11),
        ("LH_SOFT_SECONDS", "0.5", "soft_seconds", 0.5),
        ("LH_THREADS", "16", "threads", 16),
        ("LH_FRESH_SECONDS", '{"book": 2}', "fresh_seconds", {"book": 2.0}),
        ("LH_STALE_SECONDS", '{"book": 30, "series": 0}', "stale_seconds", {"book": 30.0, "series": 0.0}),
        ("LH_ACCESS_LOG", "false", "access_log", False),
        ("LH_LOG_LEVEL", "warning", "log_level", "warning"),
        ("LH_LOG_FORMAT", "text", "log_format", "text"),
        (
            "LH_CORS_ORIGINS",
            "https://a.example, http://localhost:3000",
            "cors_origins",
            ("https://a.example", "http://localhost:3000"),
        ),
    ],
)
def test_environment_sets(monkeypatch: pytest.MonkeyPatch, variable: str, text: str, field: str, value: Any) -> None:
    """Each variable reaches the field it is documented for, and no other."""
    monkeypatch.setenv(variable, text)
    assert settings_from_environment() == dataclasses.replace(Settings(), **{field: value})


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Settings)])
def test_every_setting_is_documented(field: str) -> None:
    """The class says what each field is and which variable sets it."""
    assert f"LH_{field.upper()}" in (Settings.__doc__ or "")


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("LH_EXCHANGES", ""),
        ("LH_EXCHANGES", " , "),
        ("LH_EXCHANGES", "sim,mtgox"),
        ("LH_BASE_URLS", "["),
        ("LH_BASE_URLS", '["http://x"]'),
        ("LH_BASE_URLS", '{"mtgox": "http://x"}'),
        ("LH_BASE_URLS", '{"binance": "ftp://x"}'),
        ("LH_BASE_URLS", '{"binance": "http://"}'),
        ("LH_BASE_URLS", '{"binance": "http://["}'),
        ("LH_BASE_URLS", '{"sim": "http://x"}'),
        ("LH_BASE_URLS", '{"binance": "http://proxy/?k=1"}'),
        ("LH_BASE_URLS", '{"binance": "http://proxy/#k"}'),
        ("LH_BASE_URLS", '{"binance": "http://proxy:port"}'),
        ("LH_BASE_URLS", '{"binance": "http://proxy:99999"}'),
        ("LH_BASE_URLS", '{"binance": "http://proxy:0"}'),
        ("LH_BASE_URLS", '{"binance": "http://a proxy"}'),
        ("LH_BASE_URLS", '{"binance": "http://user:pass@proxy"}'),
        ("LH_BASE_URLS", '{"binance": 5}'),
        ("LH_BASE_URLS", '{"binance": null}'),
        ("LH_UNTHROTTLED", "perhaps"),
        ("LH_EGRESS_PROXY", "proxy:3128"),
        ("LH_EGRESS_PROXY", "socks5://proxy:1080"),
        ("LH_CA_FILE", "/nowhere.pem"),
        ("LH_EXCHANGE_SECONDS", "soon"),
        ("LH_EXCHANGE_SECONDS", "0"),
        ("LH_EXCHANGE_SECONDS", "-1"),
        ("LH_EXCHANGE_SECONDS", "121"),
        ("LH_EXCHANGE_SECONDS", "nan"),
        ("LH_ANSWER_BYTES", "-1"),
        ("LH_ANSWER_BYTES", "64MB"),
        ("LH_LOAD_THREADS", "0"),
        ("LH_FLEET_SIZE", "0"),
        ("LH_FLEET_SIZE", "1001"),
        ("LH_WORKERS", "0"),
        ("LH_EGRESS_GROUP", ""),
        ("LH_EGRESS_GROUP", "a b"),
        ("LH_EGRESS_GROUP", "{a}"),
        ("LH_SIM_SEED", "x"),
        ("LH_SOFT_SECONDS", "0"),
        ("LH_SOFT_SECONDS", "nan"),
        ("LH_THREADS", "0"),
        ("LH_FRESH_SECONDS", "5"),
        ("LH_FRESH_SECONDS", '{"depth": 5}'),
        ("LH_STALE_SECONDS", '{"book": -1}'),
        ("LH_STALE_SECONDS", '{"book": "5"}'),
        ("LH_STALE_SECONDS", '{"book": true}'),
        ("LH_STALE_SECONDS", '{"book": 1e12}'),
        ("LH_ACCESS_LOG", "perhaps"),
        ("LH_LOG_LEVEL", "loud"),
        ("LH_LOG_FORMAT", "xml"),
        ("LH_CORS_ORIGINS", "https://a.example/page"),
        ("LH_CORS_ORIGINS", "a.example"),
        ("LH_CORS_ORIGINS", ""),
    ],
)
def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, text: str) -> None:
    """The error names the variable."""
    monkeypatch.setenv(variable, text)
    with pytest.raises(BadSettings, match=variable):
        settings_from_environment()


@pytest.mark.parametrize("url", ["https://user:hunter2@proxy/x", "http://proxy/?key=hunter2", "http://proxy:hunter2"])
def test_a_bad_url_is_not_repeated(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """What may hold a password stays out of the message, which says for which exchange and what is wanted."""
    monkeypatch.setenv("LH_BASE_URLS", json.dumps({"binance": url}))
    with pytest.raises(BadSettings, match=r"^LH_BASE_URLS: binance: want http\(s\)://host") as raised:
        settings_from_environment()
    assert "hunter2" not in "".join(traceback.format_exception(raised.value))


def test_a_proxys_password_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by a setting that cannot be used, nor by settings that are printed."""
    monkeypatch.setenv("LH_EGRESS_PROXY", "http://me:hunter2@proxy:3128/x")
    with pytest.raises(BadSettings, match=r"^LH_EGRESS_PROXY: want ") as raised:
        settings_from_environment()
    assert "hunter2" not in "".join(traceback.format_exception(raised.value))
    monkeypatch.setenv("LH_EGRESS_PROXY", "http://me:hunter2@proxy:3128")
    settings = settings_from_environment()
    assert "hunter2" not in f"{settings!r} {settings.egress!r}"


def test_the_way_out_reaches_every_exchange() -> None:
    """Each exchange that is built goes by the proxy and the authorities of the settings."""
    settings = Settings(exchanges=VENUE_IDS, egress_proxy="http://proxy:3128", ca_file=certifi.where())
    for exchange in build_exchanges(settings, lambda: 0.0).values():
        session: Any = exchange._session  # type: ignore[attr-defined]  # of the adapter, not of the protocol
        assert (session._proxies["https"], session._authorities) == ("http://proxy:3128", certifi.where())
        session.close()


def test_every_url_that_passes_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the settings let through never fails when the exchanges are built."""
    urls = dict.fromkeys(VENUE_IDS, "http://[::1]:8443/mirror/x/")
    monkeypatch.setenv("LH_BASE_URLS", json.dumps(urls))
    settings = settings_from_environment()
    assert set(settings.base_urls.values()) == {"http://[::1]:8443/mirror/x"}
    for exchange in build_exchanges(settings, lambda: 0.0).values():
        if not exchange.simulated:
            exchange.close()  # type: ignore[attr-defined]  # adapters close, the protocol does not ask it


def test_settings_cannot_be_changed() -> None:
    """Read once means that nothing alters them later."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().sim_seed = 1  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("LH_EXCHANGE", "LH_EXCHANGES"),
        ("LH_EXCHANGE_SECOND", "LH_EXCHANGE_SECONDS"),
        ("LH_BASE_URL", "LH_BASE_URLS"),
        ("LH_WORKER", "LH_WORKERS"),
        ("LH_sim_seed", None),
        ("LH_", None),
        ("LH_QQQ", None),
    ],
)
def test_a_name_that_is_no_setting_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, near: str | None) -> None:
    """A typing error never leaves a default in place unseen: the message has the nearest name, and all there are."""
    monkeypatch.setenv(name, "1")
    with pytest.raises(BadSettings, match=rf"^{name}: no such setting") as raised:
        settings_from_environment()
    assert near is None or f"did you mean {near}?" in str(raised.value)
    assert all(known in str(raised.value) for known in ("LH_EXCHANGES", "LH_BIND", "LH_ACCESS_LOG"))


def test_what_the_server_reads_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name in gunicorn's configuration passes, and no other is taken for one of its own."""
    source = (Path(__file__).parents[1] / "service/ops/gunicorn.py").read_text()
    shared = {"LH_LOG_LEVEL", "LH_LOG_FORMAT"}
    assert set(re.findall(r'"(LH_[A-Z_]+)"', source)) == {*SERVER, *shared}
    for name in SERVER:
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("LHX", "another program's")
    assert settings_from_environment() == Settings(threads=1, workers=1)


@pytest.mark.parametrize(("unthrottled", "throttled"), [(False, {"okx", "gate"}), (True, {"gate"})])
def test_only_a_host_of_ones_own_goes_without_gaps(*, unthrottled: bool, throttled: set[str]) -> None:
    """A base URL alone keeps the exchange's rate limit: what is behind it may be a proxy to the exchange."""
    settings = Settings(exchanges=("okx", "gate"), base_urls={"okx": "http://127.0.0.1:9"}, unthrottled=unthrottled)
    built: dict[str, Any] = dict(build_exchanges(settings, lambda: 0.0))
    assert {name for name, exchange in built.items() if exchange._limiter._paced} == throttled
    for exchange in built.values():
        exchange.close()


def test_what_is_told_of_the_settings_has_no_secret() -> None:
    """The line at the start says every setting: of the proxy that it is set, of a mirror its host alone."""
    secret = {"egress_proxy": "http://me:hunter2@proxy:3128", "base_urls": {"okx": "https://mirror:9443/hunter2"}}
    told = as_told(Settings(**secret))  # type: ignore[arg-type]  # each is of its own type
    assert told.keys() == {each.name for each in dataclasses.fields(Settings)}
    assert "hunter2" not in str(told)
    assert (told["egress_proxy"], told["base_urls"]) == ("set", {"okx": "mirror"})
    assert as_told(Settings())["egress_proxy"] == "not set"
