"""Who may ask and how often, through the whole application: kept answers too."""

import logging
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.api.edge.refusals.callers import address_of
from service.app import create_app
from service.ops.api_keys import digest_of_key
from service.settings import Settings
from tests.support.fake_exchange import Clock, FakeExchange

KEY, WRONG = "lh_right-and-secret", "lh_wrong-and-secret"
METERED = ["/v1/exchanges", "/v1/heatmap?exchange=sim", "/v1/nothing", "/probe?exchange=sim&symbol=BTC", "/coinglass/x"]
OPEN = ["/livez", "/readyz", "/", "/docs", "/openapi.yaml", "/nothing"]


def client_of(**settings: Any) -> FlaskClient:
    """Return a client of an application with these settings."""
    fake = FakeExchange("sim")
    return create_app(Settings(**settings), exchanges={"sim": fake}, clock=Clock()).test_client()


@pytest.fixture
def keyed() -> FlaskClient:
    """Return a client of an application that one key opens."""
    return client_of(api_keys=(digest_of_key(KEY),))


@pytest.mark.parametrize("path", METERED)
def test_no_answer_without_a_key(keyed: FlaskClient, path: str) -> None:
    """Also of what is kept already; the problem says what is needed."""
    assert keyed.get(path, headers={"X-API-Key": KEY}).status_code != 401
    for headers in ({}, {"X-API-Key": WRONG}, {"Authorization": f"Bearer {WRONG}"}, {"X-API-Key": digest_of_key(KEY)}):
        answer = keyed.get(path, headers=headers)
        told = "application/json" if path.startswith("/coinglass/") else "application/problem+json"
        assert (answer.status_code, answer.content_type) == (401, told)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("headers", [{"X-API-Key": KEY}, {"Authorization": f"Bearer {KEY}"}])
def test_the_key_opens(keyed: FlaskClient, headers: dict[str, str]) -> None:
    """In either header, for new answers and kept ones."""
    for _ in range(2):
        assert keyed.get("/v1/heatmap?exchange=sim", headers=headers).status_code == 200


@pytest.mark.parametrize("path", OPEN)
def test_probes_and_pages_are_open(path: str) -> None:
    """They need no key, and are never limited."""
    client = client_of(api_keys=(digest_of_key(KEY),), address_rate=1)
    for _ in range(3):
        answer = client.get(path)
        assert answer.status_code not in {401, 429}
        assert "RateLimit" not in answer.headers


def test_nothing_secret_is_told(keyed: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """Neither right keys nor wrong ones, nor their digests, stand in answers or in the log."""
    with caplog.at_level(logging.DEBUG):
        answers = [keyed.get("/v1/exchanges", headers={"X-API-Key": key}) for key in (KEY, WRONG)]
    told = caplog.text + "".join(f"{answer.text}{answer.headers}" for answer in answers)
    told += repr(Settings(api_keys=(digest_of_key(KEY),)))
    for secret in (KEY, WRONG, digest_of_key(KEY), digest_of_key(WRONG)):
        assert secret not in told


def test_an_address_is_limited_for_kept_answers_too() -> None:
    """Each says what is left; beyond it 429 with the time to wait, whatever is asked."""
    client = client_of(address_rate=3)
    left = [client.get("/v1/heatmap?exchange=sim").headers["RateLimit"] for _ in range(3)]
    assert [text.split(";")[1] for text in left] == ["r=2", "r=1", "r=0"]
    answer = client.get("/v1/heatmap?exchange=sim")
    assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["RateLimit-Policy"] == '"address";q=3;w=60'
    assert client.get("/v1/heatmap?exchange=sim", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 200


def test_keys_have_a_limit_of_their_own() -> None:
    """Which address they come from makes no difference; guessing counts against the address."""
    client = client_of(api_keys=(digest_of_key(KEY),), key_rate=2, address_rate=2)
    places = [f"10.0.0.{n}" for n in range(3)]
    right = [
        client.get("/v1/exchanges", headers={"X-API-Key": KEY}, environ_base={"REMOTE_ADDR": place}).status_code
        for place in places
    ]
    assert right == [200, 200, 429]
    assert [client.get("/v1/exchanges", headers={"X-API-Key": WRONG}).status_code for _ in range(3)] == [401, 401, 429]


@pytest.mark.parametrize(("proxies", "statuses"), [(0, [200, 429, 429]), (1, [200, 429, 429])])
def test_a_forwarded_address_that_is_made_up_gains_nothing(proxies: int, statuses: list[int]) -> None:
    """Without a proxy the header counts for nothing; with one, what it adds itself counts and nothing else."""
    client = client_of(address_rate=1, trusted_proxies=proxies)
    sent = [{"X-Forwarded-For": f"1.2.3.{n}" if proxies == 0 else f"1.2.3.{n}, 9.9.9.9"} for n in range(3)]
    assert [client.get("/v1/exchanges", headers=headers).status_code for headers in sent] == statuses


def test_behind_a_proxy_each_caller_has_its_own() -> None:
    """It is the proxy's word that tells them apart."""
    client = client_of(address_rate=1, trusted_proxies=1)
    sent = [{"X-Forwarded-For": f"6.6.6.6, 9.9.9.{n}"} for n in range(3)]
    assert [client.get("/v1/exchanges", headers=headers).status_code for headers in sent] == [200, 200, 200]


@pytest.mark.parametrize(
    ("sent", "address"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_addresses(sent: str, address: str) -> None:
    """An IPv6 caller is its network, for it may use every address of it."""
    assert address_of({"REMOTE_ADDR": sent}) == address
