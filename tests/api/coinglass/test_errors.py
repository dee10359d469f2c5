"""Every problem under /coinglass/ is told in its envelope, whoever tells it, and no other."""

import pytest
from flask.testing import FlaskClient

from service.analysis.concurrency.admission import CallerGone
from service.api.coinglass.routes import UNDER
from service.app import create_app
from service.market.contract import ExchangeUnavailable, Late
from service.ops.api_keys import digest_of_key
from service.settings import Settings
from tests.support.contract import check
from tests.support.fake_exchange import Clock, FakeExchange

MAP = f"{UNDER}/map"
ASKED = f"{MAP}?exchange=Sim&symbol=BTC&range=1d"
KEY = "lh_right-and-secret"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        (MAP, 400, "exchange"),
        (f"{ASKED}0", 400, "range: Must be one of: 1d, 7d, 30d."),
        (f"{MAP}?exchange=Sim&symbol=NOPE&range=1d", 404, "NOPE"),
        (f"{MAP}?exchange=OKX&symbol=BTC&range=1d", 404, "exchange: Not served here"),
        (f"{UNDER}/coin-list", 404, "not found"),
        ("/coinglass/", 404, "not found"),
    ],
)
def test_an_error_is_its_code_and_a_sentence(client: FlaskClient, path: str, status: int, said: str) -> None:
    """The code is the status as text, as its table of errors has it."""
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (status, "application/json")
    body = answer.get_json()
    assert body.keys() == {"code", "msg"}
    assert body["code"] == str(status)
    assert said in body["msg"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_a_method_that_it_does_not_answer(client: FlaskClient) -> None:
    """405, with those that it does answer."""
    answer = client.post(MAP)
    assert (answer.status_code, answer.get_json()["code"]) == (405, "405")
    assert "GET" in answer.headers["Allow"]


def test_head_has_the_status_alone(client: FlaskClient) -> None:
    """And no body."""
    answer = client.head(MAP)
    assert (answer.status_code, answer.data) == (400, b"")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ExchangeUnavailable("sim", "it is down"), 503, "500"),
        (Late("sim", 1.0), 504, "408"),
    ],
)
def test_an_exchange_that_fails(
    client: FlaskClient, fake: FakeExchange, error: Exception, status: int, code: str
) -> None:
    """The status is HTTP's, for proxies; the code is that of CoinGlass' table; and it says when to ask again."""
    fake.fail("ohlcv", error)
    answer = client.get(ASKED)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert int(answer.headers["Retry-After"]) >= 1
    check(MAP, answer)


def test_its_own_header_brings_the_key() -> None:
    """Without it 401 in the envelope, and too often is 429."""
    settings = Settings(api_keys=(digest_of_key(KEY),), key_rate=2)
    client = create_app(settings, exchanges={"sim": FakeExchange("sim")}, clock=Clock()).test_client()
    refused = client.get(ASKED)
    assert (refused.status_code, refused.get_json()["code"]) == (401, "401")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    answers = [client.get(ASKED, headers={"CG-API-KEY": KEY}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].get_json()["code"] == "429"


def test_our_own_paths_keep_their_problems(client: FlaskClient) -> None:
    """Nothing else is translated."""
    assert client.get("/v1/heatmap?bins=0").content_type == "application/problem+json"
    assert client.get("/coinglass").content_type == "application/problem+json"


def test_a_caller_that_has_hung_up(client: FlaskClient, fake: FakeExchange) -> None:
    """Its table has no other status for who does not wait."""
    fake.fail("ohlcv", CallerGone())
    answer = client.get(ASKED)
    assert (answer.status_code, answer.get_json()["code"]) == (408, "408")
