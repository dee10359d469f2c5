"""Every fault, as real ccxt meets it."""

import math

import ccxt
import pytest
import requests

from tests.emulator import Emulator, Fault
from tests.emulator.clients import connect, dialect_of, venue_of


def fetch(client: ccxt.Exchange) -> list[list[float]]:
    """Return twenty hourly bars."""
    rows: list[list[float]] = client.fetch_ohlcv(dialect_of(client).symbol, "1h", None, 20)
    return rows


def raw(emulator: Emulator) -> requests.Response:
    """Return five hourly klines of Binance, without ccxt."""
    return requests.get(f"{emulator.url('binance')}/fapi/v1/klines?symbol=BTCUSDT&interval=1h&limit=5", timeout=5)


@pytest.mark.parametrize("status", [403, 418, 429, 503])
def test_any_status_is_an_error(emulator: Emulator, client: ccxt.Exchange, status: int) -> None:
    """Whatever the status, ccxt raises one of its own errors."""
    emulator.fault(venue_of(client), "status", status=status, retry_after=7)
    with pytest.raises(ccxt.BaseError):
        fetch(client)


def test_retry_after_is_sent(emulator: Emulator) -> None:
    """The header carries the seconds that were asked for, and none when none were."""
    emulator.fault("binance", "status", status=429, retry_after=7)
    assert raw(emulator).headers["Retry-After"] == "7"
    emulator.fault("binance", "status", status=503)
    assert "Retry-After" not in raw(emulator).headers


def test_html_with_status_200_never_passes_for_bars(emulator: Emulator, client: ccxt.Exchange) -> None:
    """Through ccxt come no rows, or rows without figures, or an error, as its source says; never a bar."""
    emulator.fault(venue_of(client), "html200")
    try:
        rows = fetch(client)
    except (ccxt.BaseError, TypeError, AttributeError):
        rows = []
    assert all(row[4] is None for row in rows)


def test_rows_of_nulls(emulator: Emulator, client: ccxt.Exchange) -> None:
    """Every row arrives, and none holds a price."""
    emulator.fault(venue_of(client), "nulls")
    assert all(row[4] is None for row in fetch(client))


def test_an_empty_list(emulator: Emulator, client: ccxt.Exchange) -> None:
    """A sound answer with nothing in it."""
    emulator.fault(venue_of(client), "empty")
    assert fetch(client) == []


def test_a_price_that_is_no_number(emulator: Emulator, client: ccxt.Exchange) -> None:
    """One bar's figures are NaN."""
    emulator.fault(venue_of(client), "nan")
    assert sum(math.isnan(row[4]) for row in fetch(client)) == 1


def test_a_negative_price(emulator: Emulator, client: ccxt.Exchange) -> None:
    """One bar's figures are below zero."""
    emulator.fault(venue_of(client), "negative")
    assert sum(row[4] < 0 for row in fetch(client)) == 1


def test_a_high_below_the_low(emulator: Emulator, client: ccxt.Exchange) -> None:
    """One bar has its extremes the wrong way round."""
    emulator.fault(venue_of(client), "inverted")
    assert sum(row[2] < row[3] for row in fetch(client)) == 1


def test_a_bar_twice(emulator: Emulator, client: ccxt.Exchange) -> None:
    """One time occurs twice."""
    healthy = len(fetch(client))
    emulator.fault(venue_of(client), "duplicated")
    times = [row[0] for row in fetch(client)]
    assert len(times) - len(set(times)) == 1 or len(times) < healthy


def test_bars_out_of_order(emulator: Emulator) -> None:
    """Rows come unsorted from the venue; ccxt itself would sort them."""
    emulator.fault("binance", "unsorted")
    times = [row[0] for row in raw(emulator).json()]
    assert times != sorted(times)


def test_a_connection_that_is_reset(emulator: Emulator, client: ccxt.Exchange) -> None:
    """Down means no answer at all, until healed."""
    emulator.fault(venue_of(client), down=True)
    with pytest.raises(ccxt.NetworkError):
        fetch(client)
    emulator.heal(venue_of(client))
    assert len(fetch(client)) == 20


def test_a_slow_drip_outlives_a_read_timeout(emulator: Emulator) -> None:
    """Single bytes keep a reader waiting past its timeout per read; what is left follows at the bound."""
    emulator.fault("binance", drip=0.05, drip_s=0.3)
    answer = requests.get(raw(emulator).url, timeout=0.2)
    assert answer.elapsed.total_seconds() >= 0
    assert len(answer.json()) == 5


def test_a_delay_longer_than_the_timeout(emulator: Emulator) -> None:
    """A late answer is no answer to an impatient client."""
    emulator.fault("binance", delay_s=0.5)
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(f"{emulator.url('binance')}/fapi/v1/premiumIndex?symbol=BTCUSDT", timeout=0.1)


def test_a_fault_of_one_path_only(emulator: Emulator) -> None:
    """Other paths of the venue, and other venues, go on."""
    emulator.fault("binance", "status", path="openInterestHist")
    assert raw(emulator).status_code == 200
    hist = f"{emulator.url('binance')}/futures/data/openInterestHist?symbol=BTCUSDT&period=1h"
    assert requests.get(hist, timeout=5).status_code == 503


def test_a_fault_that_passes(emulator: Emulator) -> None:
    """After so many requests the venue is healthy again."""
    emulator.fault("binance", "status", times=2)
    assert [raw(emulator).status_code for _ in range(3)] == [503, 503, 200]


def test_unknown_kinds_are_refused() -> None:
    """A fault that does not exist is a mistake in the test."""
    with pytest.raises(ValueError, match="unknown fault kind 'nonsense'"):
        Fault("nonsense")
    with pytest.raises(ValueError, match="unknown fields speed"):
        Fault.from_json({"speed": 3})


@pytest.mark.parametrize("kind", ["html200", "nulls", "empty"])
def test_markets_do_not_survive_bad_instruments(emulator: Emulator, client: ccxt.Exchange, kind: str) -> None:
    """Instruments can fail too: none of the faults leaves a tradable market behind."""
    fresh = connect(emulator, client.options["dialect"])
    emulator.fault(venue_of(client), kind)
    try:
        markets = fresh.load_markets()
    except Exception:  # noqa: BLE001 - ccxt raises TypeError, AttributeError and its own kinds here
        markets = {}
    finally:
        fresh.session.close()
    assert dialect_of(client).symbol not in markets


def test_a_body_that_ends_too_early(emulator: Emulator) -> None:
    """Its length is said in full, and so many bytes come."""
    emulator.fault("binance", cut=10)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        raw(emulator)


def test_a_redirect(emulator: Emulator) -> None:
    """It says where to; who follows it is wrong."""
    emulator.fault("binance", redirect="http://169.254.169.254/")
    url = f"{emulator.url('binance')}/fapi/v1/klines"
    answer = requests.get(url, timeout=5, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://169.254.169.254/")
