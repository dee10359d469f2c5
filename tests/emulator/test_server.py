"""The server around the venues: counters, control paths, clean shutdown, the command line."""

import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.emulator import Emulator, Truth, synthetic_truth
from tests.emulator.sources import REAL_HOURS, load_truth

ROOT = Path(__file__).resolve().parents[2]
NOW = 1_724_104_800_000


def test_requests_are_counted_by_exchange_and_path(emulator: Emulator) -> None:
    """Counters are the same through the object and over HTTP, and can be set to zero."""
    url = f"{emulator.url('bybit')}/v5/market/tickers?category=linear"
    for _ in range(3):
        requests.get(url, timeout=5)
    assert emulator.counts["bybit"]["/v5/market/tickers"] == 3
    assert emulator.calls("bybit", "tickers") == 3
    assert emulator.calls("okx") == 0
    assert requests.get(f"{emulator.base}/_counts", timeout=5).json()["bybit"] == {"/v5/market/tickers": 3}
    assert requests.delete(f"{emulator.base}/_counts", timeout=5).json()["bybit"] == {}


def test_faults_are_controlled_over_http(emulator: Emulator) -> None:
    """POST sets a fault, DELETE or an empty POST heals."""
    control, url = f"{emulator.base}/_faults/okx", f"{emulator.url('okx')}/api/v5/public/instruments?instType=SWAP"
    for heal in (requests.delete, requests.post):
        assert requests.post(control, json={"kind": "status", "status": 418}, timeout=5).status_code == 200
        assert requests.get(url, timeout=5).status_code == 418
        heal(control, timeout=5)
        assert requests.get(url, timeout=5).status_code == 200


@pytest.mark.parametrize("body", ['{"kind": "nonsense"}', '{"speed": 1}', "not json"])
def test_bad_faults_are_refused(emulator: Emulator, body: str) -> None:
    """A control request that makes no sense is a 400 that says why."""
    answer = requests.post(f"{emulator.base}/_faults/okx", data=body, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("path", ["/nowhere/at/all", "/_faults/nowhere", "/binance/fapi/v9/klines"])
def test_unknown_places_are_404(emulator: Emulator, path: str) -> None:
    """Neither an unknown venue nor an unknown path of a known one answers."""
    assert requests.post(emulator.base + path, json={"kind": "nulls"}, timeout=5).status_code == 404


def test_a_parameter_that_is_no_number_is_refused(emulator: Emulator) -> None:
    """Nonsense in a number is a 400, not a broken connection."""
    url = f"{emulator.url('binance')}/fapi/v1/klines?symbol=BTCUSDT&interval=1h&limit=many"
    assert requests.get(url, timeout=5).status_code == 400


def test_stopping_ends_idle_connections_and_threads(truth: Truth) -> None:
    """A client that keeps its connection open does not hold the emulator back, nor does a long delay."""
    before = set(threading.enumerate())
    with requests.Session() as session, Emulator(truth, NOW) as emulator:
        session.get(f"{emulator.base}/_counts", timeout=5)
        emulator.fault("gate", delay_s=30)
        waiting = threading.Thread(target=_try, args=(f"{emulator.url('gate')}/api/v4/spot/currencies",))
        waiting.start()
        while not emulator.calls("gate"):
            threading.Event().wait(0.01)
        emulator.stop()
        waiting.join(5)
        assert not waiting.is_alive()
    assert set(threading.enumerate()) <= before


def _try(url: str) -> None:
    try:
        requests.get(url, timeout=20)
    except requests.RequestException:
        return


def test_an_emulator_that_never_started_can_be_stopped() -> None:
    """Binding alone leaves nothing behind."""
    Emulator(synthetic_truth(NOW), NOW).stop()


def test_time_can_be_a_clock() -> None:
    """A callable gives the time of each request."""
    times = iter([NOW, NOW - 3_600_000])
    with Emulator(synthetic_truth(NOW), lambda: next(times)) as emulator:
        url = f"{emulator.url('binance')}/fapi/v1/premiumIndex?symbol=BTCUSDT"
        assert [requests.get(url, timeout=5).json()["time"] for _ in range(2)] == [NOW, NOW - 3_600_000]


def test_auto_falls_back_to_the_synthetic_market() -> None:
    """Without the real hours `auto` is synthetic, with them real; by name either can be had."""
    auto = load_truth("auto", NOW).price("BTC", NOW)
    synthetic = load_truth("synthetic", NOW).price("BTC", NOW)
    assert (auto == synthetic) is not REAL_HOURS.is_dir()


@pytest.mark.slow
@pytest.mark.parametrize("more", [[], ["--live"]])
def test_the_command_prints_where_to_go(more: list[str]) -> None:
    """One line with the base URL, one per exchange; an interrupt ends it with status 0 and nothing on stderr."""
    command = [sys.executable, "-W", "error", "-m", "tests.emulator", "--now", "2024-08-05T06:00Z"]
    command += ["--source", "synthetic", *more]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        base = process.stdout.readline().strip()
        name, url = process.stdout.readline().split()
        body = requests.get(f"{url}/fapi/v1/premiumIndex?symbol=BTCUSDT", timeout=5).json()
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=20)
    assert (name, url) == ("binance", f"{base}/binance")
    assert urlsplit(base).hostname == "127.0.0.1"
    assert 0 <= body["time"] - 1_722_837_600_000 < 60_000
    assert (process.returncode, complaints) == (0, "")
