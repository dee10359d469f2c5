"""Measure servers for the application: what slow callers do to each, what its end loses, what a kept answer costs.

Run: python -m pip install --target /tmp/servers granian gevent waitress
     python bench/bench_workers.py /tmp/servers [part of a name]
The three are no part of the project: without the folder the others are measured. Linux, with nginx.

silent ...  probes of 6 that are answered within a second while so many callers do that, on connections that stay
lost        requests that were sent before the server was told to end (SIGTERM) and had no answer, of how many; eight
            callers that keep their connections ask as fast as they can
cpu ms      CPU time of all the server's processes, proxy included, for a kept answer
"""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APP, HIT = "service.app:create_app_from_environment()", "/v1/zones?exchange=sim&symbol=BTC"
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "python:service.ops.gunicorn"]
WORKERS, THREADS, CALLERS, HITS = 2, 32, 8, 3000
HALF = b"POST /v1/liquidation-price HTTP/1.1\r\nHost: x\r\nX-A: "
MANY = b"GET /v1/heatmap?exchange=sim&symbol=BTC&lookback=30d&bins=400 HTTP/1.1\r\nHost: x\r\n\r\n"
SLOW = {
    "200 silent": (200, b""),
    "200 half-sent": (200, HALF),
    "60 readers of nothing": (60, MANY),
    "60 told off, still there": (60, b"nonsense\r\n\r\n"),
}
# The chart's proxy (helm/files/nginx.conf.tpl) without its cache, which would answer in the server's place.
NGINX = """
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; client_header_timeout 10s; client_body_timeout 10s;
  keepalive_timeout 75s; upstream app {{ server unix:{folder}/app max_fails=0; keepalive 32; }}
  server {{ listen 127.0.0.1:{port}; location / {{
    proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
    proxy_buffers 32 32k; proxy_buffer_size 32k; proxy_busy_buffers_size 64k; proxy_max_temp_file_size 32m;
  }} }}
}}
"""


@dataclass(frozen=True)
class Running:
    """A server that runs: its processes, the first of which is told to end, and its port."""

    processes: "list[subprocess.Popen[bytes]]"
    port: int

    def ask(self, path: str, seconds: float) -> bool:
        """Tell whether one caller is answered well within that time."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        began = time.monotonic()
        try:
            connection.request("GET", path)
            with connection.getresponse() as answer:
                answer.read()
                return answer.status == 200 and time.monotonic() - began < seconds
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def cpu(self) -> float:
        """Return CPU seconds of all its processes so far."""
        sessions, ticks = {process.pid for process in self.processes}, 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rsplit(")", 1)[1].split()
                if int(fields[3]) in sessions:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def commands(folder: str) -> dict[str, Callable[[str], list[str]]]:
    """Return how each server is started on an address, by its name."""
    gevent = [sys.executable, "-m", "gunicorn", "-k", "gevent", "-w", str(WORKERS), "--no-control-socket"]
    servers = {
        "gunicorn, its gthread": lambda at: [*GUNICORN, "-k", "gthread", "-b", at, APP],
        "gunicorn, our worker": lambda at: [*GUNICORN, "-b", at, APP],
    }
    if folder:
        factory, call = APP.removesuffix("()").split(":")
        granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--workers", str(WORKERS)]
        options = f"listen='{{}}', threads={THREADS}, connection_limit=1000"
        serve = f"import waitress, {factory}; waitress.serve({factory}.{call}(), {options})"
        servers |= {
            # Not preloaded: what was made before gevent's patches waits for ever.
            "gunicorn, gevent": lambda at: [*gevent, "-b", at, APP],
            "granian, 2 x 32 threads": lambda at: [
                *granian, "--blocking-threads", str(THREADS), "--backpressure", "128", "--no-ws",
                "--host", at.split(":")[0], "--port", at.split(":")[1], f"{factory}:{call}",
            ],
            "waitress, 1 x 32 threads": lambda at: [sys.executable, "-c", serve.format(at)],
        }  # fmt: skip
    return servers


@contextmanager
def running(command: Callable[[str], list[str]], folder: str, *, proxied: bool) -> Iterator[Running]:
    """Serve until the block ends."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LH_")}
        environment |= {"LH_EXCHANGES": "sim", "LH_ACCESS_LOG": "false", "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
        started = [command(f"unix:{name}/app" if proxied else f"127.0.0.1:{port}")]
        if proxied:
            Path(name).chmod(0o777)
            Path(name, "nginx.conf").write_text(NGINX.format(folder=name, port=port))
            started.append([shutil.which("nginx") or "nginx", "-c", f"{name}/nginx.conf"])
        server = Running([stack.enter_context(_started(each, environment)) for each in started], port)
        ends = time.monotonic() + 60
        while not all(server.ask(HIT, 30) for _ in range(8)):
            if time.monotonic() > ends:
                raise TimeoutError(f"no answer from {started[0]}")
            time.sleep(0.2)
        yield server


@contextmanager
def _started(command: Sequence[str], environment: dict[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def probes(server: Running, callers: int, sent: bytes) -> int:
    """Return how many probes of 6 are answered within a second beside so many slow callers."""
    with ExitStack() as stack:
        for _ in range(callers):
            slow = stack.enter_context(socket.socket())
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.settimeout(10)
            with contextlib.suppress(OSError):
                slow.connect(("127.0.0.1", server.port))
                slow.sendall(sent)
        time.sleep(2.0)
        return sum(server.ask("/livez", 1.0) for _ in range(6))


def cost_of_a_hit(server: Running) -> float:
    """Return CPU milliseconds of one kept answer, by four callers that keep their connections."""
    before = server.cpu()

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for _ in range(HITS // 4):
            connection.request("GET", HIT)
            with connection.getresponse() as answer:
                answer.read()
        connection.close()

    _side_by_side([ask] * 4)
    return 1000 * (server.cpu() - before) / HITS


def lost_at_the_end(server: Running) -> tuple[int, int]:
    """Return how many requests got no answer that were sent before the end, and how many were sent."""
    told: list[tuple[float, bool]] = []
    stop = threading.Event()

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        while not stop.is_set():
            try:
                connection.request("GET", HIT)
            except OSError:
                connection.close()
                stop.wait(0.01)
                continue
            at = time.monotonic()
            try:
                with connection.getresponse() as answer:
                    answer.read()
                    told.append((at, answer.status == 200))
            except (OSError, http.client.HTTPException):
                told.append((at, False))
                connection.close()
        connection.close()

    def end() -> None:
        time.sleep(1.0)
        ended_at.append(time.monotonic())
        # As a pod ends: the proxy first, once it has answered what it has.
        for process, how in zip(
            reversed(server.processes), (signal.SIGQUIT, signal.SIGTERM)[-len(server.processes) :], strict=True
        ):
            process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
        stop.set()

    ended_at: list[float] = []
    _side_by_side([ask] * CALLERS + [end])
    before = [well for at, well in told if at < ended_at[0]]
    return before.count(False), len(before)


def _side_by_side(calls: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> None:
    """Print the table."""
    folder, wanted = (*sys.argv[1:], "", "")[:2]
    print(f"| server | {' | '.join(SLOW)} | lost | cpu ms |")
    print("|---" * (len(SLOW) + 3) + "|")
    for name, command in commands(folder).items():
        for proxied in (False, True):
            title = f"{name}{', behind nginx' * proxied}"
            if wanted not in title or (proxied and ("our worker" not in name and "gthread" not in name)):
                continue
            answered = []
            for callers, sent in SLOW.values():
                with running(command, folder, proxied=proxied) as server:
                    answered.append(f"{probes(server, callers, sent)} of 6")
            with running(command, folder, proxied=proxied) as server:
                cost = cost_of_a_hit(server)
                lost, of = lost_at_the_end(server)
            print(f"| {title} | {' | '.join(answered)} | {lost} of {of} | {cost:.2f} |", flush=True)


if __name__ == "__main__":
    main()
