"""The settings under which the service is served, read as gunicorn reads them."""

import os
import re
import resource
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from urllib.request import urlopen

import gunicorn.config
import pytest

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "service/ops/gunicorn.py"
VARIABLES = set(re.findall(r'_env\.\w+\("(LH_\w+)"', SETTINGS.read_text()))


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Take away whatever the caller's environment sets, and afterwards what reading the settings has set."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    with patch.dict(os.environ, kept, clear=True):
        yield


def load() -> gunicorn.config.Config:
    """Return gunicorn's configuration with the module's names applied, each validated by gunicorn."""
    config = gunicorn.config.Config()
    for name, value in runpy.run_path(str(SETTINGS)).items():
        if name in config.settings:
            config.set(name, value)
    return config


def test_defaults() -> None:
    """Production's settings are pinned: a change of one has to be meant."""
    config = load()
    assert config.address == [("127.0.0.1", 8080)]
    assert (config.workers, config.threads, config.worker_class_str) == (
        2,
        32,
        "service.api.edge.errors.server_errors.ProblemWorker",
    )
    assert (config.graceful_timeout, config.timeout, config.keepalive) == (30, 30, 75)
    assert config.preload_app is True
    assert config.sendfile is False
    assert config.control_socket_disable is True
    assert config.accesslog is None
    assert config.errorlog == "-"
    assert config.logger_class.__name__ == "GunicornLog"
    assert config.max_requests == 0
    assert config.forwarded_allow_ips == ["127.0.0.1", "::1"]


@pytest.mark.parametrize(("files", "connections"), [(256, 128), (1024, 512), (4096, 1000), (-1, 1000), (64, 32)])
def test_connections_leave_files_for_all_else(monkeypatch: pytest.MonkeyPatch, files: int, connections: int) -> None:
    """Half of what a process may open, a thousand at most."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    assert load().worker_connections == connections


@pytest.mark.parametrize(
    ("variable", "text", "setting", "value"),
    [
        ("LH_BIND", "0.0.0.0:9000", "address", [("0.0.0.0", 9000)]),  # noqa: S104 - read, not bound
        ("LH_BIND", "127.0.0.1:1,[::1]:2", "address", [("127.0.0.1", 1), ("::1", 2)]),
        ("LH_WORKERS", "3", "workers", 3),
        ("LH_THREADS", "16", "threads", 16),
        ("LH_GRACEFUL_TIMEOUT", "120", "graceful_timeout", 120),
        ("LH_WORKER_TIMEOUT", "45", "timeout", 45),
        ("LH_KEEPALIVE", "5", "keepalive", 5),
        ("LH_MAX_REQUESTS", "1000", "max_requests", 1000),
        ("LH_MAX_REQUESTS", "1000", "max_requests_jitter", 100),
    ],
)
def test_environment_sets(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, setting: str, value: object
) -> None:
    """Each variable reaches the setting it is documented for."""
    monkeypatch.setenv(variable, text)
    assert getattr(load(), setting) == value


@pytest.mark.parametrize("variable", sorted(VARIABLES))
def test_variable_is_documented(variable: str) -> None:
    """Every variable that is read is explained at the top of the module."""
    assert re.search(rf"^{variable} +\w", SETTINGS.read_text().split('"""')[1], re.MULTILINE)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("LH_WORKERS", "0"),
        ("LH_WORKERS", "many"),
        ("LH_THREADS", "-1"),
        ("LH_GRACEFUL_TIMEOUT", "1.5"),
        ("LH_METRICS_PORT", "65536"),
        ("LH_LOG_LEVEL", "INFO"),
        ("LH_LOG_FORMAT", ""),
        ("LH_BIND", ""),
    ],
)
def test_bad_value_stops_the_start(monkeypatch: pytest.MonkeyPatch, variable: str, text: str) -> None:
    """The server does not start on a setting it cannot read, and says which."""
    monkeypatch.setenv(variable, text)
    with pytest.raises(SystemExit, match=variable):
        load()


def test_gunicorn_takes_the_module() -> None:
    """The real command accepts it by module name, and answers a bad value with one sentence instead of a stack."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:service.ops.gunicorn", "--print-config", "x:y"]

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | variables
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    good, bad = run(LH_THREADS="7"), run(LH_THREADS="seven")
    assert re.search(r"^threads += 7$", good.stdout, re.MULTILINE)
    assert re.search(r"^worker_class += \S*ProblemWorker", good.stdout, re.MULTILINE)
    assert bad.returncode != 0
    assert "LH_THREADS" in bad.stderr
    assert "Traceback" not in bad.stderr


FROZEN = """
import gc

def app(environ, start_response):
    start_response("200 OK", [])
    return [str(gc.get_freeze_count()).encode()]
"""


def test_workers_do_not_look_for_garbage_in_what_was_there_before_them(tmp_path: Path) -> None:
    """Under real gunicorn, in a worker: the modules that were imported before the fork are frozen."""
    (tmp_path / "frozen.py").write_text(FROZEN)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "python:service.ops.gunicorn", "frozen:app"]
    environment = os.environ | {"LH_BIND": f"127.0.0.1:{port}", "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            assert any("Serving on" in line for line in server.stderr)
            with urlopen(f"http://127.0.0.1:{port}", timeout=60) as answer:
                assert int(answer.read()) > 10_000
        finally:
            server.terminate()


@pytest.mark.parametrize("writable", [True, False])
def test_heartbeat_goes_to_memory_where_it_can(monkeypatch: pytest.MonkeyPatch, writable: bool) -> None:
    """The shared memory when it can be written, else gunicorn's own choice by TMPDIR."""
    monkeypatch.setattr(os, "access", lambda *_: writable)
    assert load().worker_tmp_dir == ("/dev/shm" if writable else None)  # noqa: S108 - compared, not written
