"""Set gunicorn up from the environment: `gunicorn --config python:service.ops.gunicorn`.

LH_BIND              addresses, comma-separated (127.0.0.1:8080)
LH_WORKERS           processes (2)
LH_THREADS           threads in each process (32)
LH_GRACEFUL_TIMEOUT  seconds that requests in flight are given on SIGTERM (30)
LH_WORKER_TIMEOUT    seconds without a heartbeat after which a worker is replaced (30)
LH_KEEPALIVE         seconds that an idle connection is kept (75)
LH_MAX_REQUESTS      requests, and up to a tenth more, after which a worker is replaced; 0 is never (0)
LH_METRICS_PORT      port of /metrics; 0 keeps none (0)
LH_METRICS_HOST      address of /metrics (that of the first address of LH_BIND; 127.0.0.1 where it is a socket)
LH_LOG_LEVEL         least level of what is logged: debug, info, warning, error (info)
LH_LOG_FORMAT        a JSON object a line, or text for a terminal: json, text (json)

The names below are gunicorn's own; it reads this module as its configuration.
"""

import gc
import os
import resource
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from environs import Env, EnvError, validate

from service.ops.gunicorn_log import USUAL_FORMAT, USUAL_LEVEL, GunicornLog
from service.ops.logs import FORMATS, LEVELS
from service.ops.memory import bound_arenas

_env = Env()
_positive = validate.Range(min=1)
_MOST_PORT = 65_535
# Heaps of the C library in a process; each of its threads would have its own otherwise.
MOST_ARENAS = 2

try:
    bind = _env.list("LH_BIND", ["127.0.0.1:8080"], validate=validate.Length(min=1))
    # Each process keeps its own cache and so asks the exchanges on its own: few processes, more threads. Threads
    # mostly wait for an exchange or run numpy, which lets go of the interpreter's lock.
    workers = _env.int("LH_WORKERS", 2, validate=_positive)
    threads = _env.int("LH_THREADS", 32, validate=_positive)
    graceful_timeout = _env.int("LH_GRACEFUL_TIMEOUT", 30, validate=_positive)
    # A gthread worker beats from its accept loop and not from its requests, so a slow exchange never trips this:
    # only a process that is truly stuck does.
    timeout = _env.int("LH_WORKER_TIMEOUT", 30, validate=_positive)
    # Longer than the 60 s for which common proxies reuse an idle connection: were it shorter, a proxy could send a
    # request into a connection that is just being closed and answer its client 502.
    keepalive = _env.int("LH_KEEPALIVE", 75, validate=_positive)
    # A new worker has kept nothing and asks anew; memory has a plateau without it, see docs/reliability.md.
    max_requests = _env.int("LH_MAX_REQUESTS", 0, validate=validate.Range(min=0))
    _metrics_port = _env.int("LH_METRICS_PORT", 0, validate=validate.Range(min=0, max=_MOST_PORT))
    _metrics_host = _env.str("LH_METRICS_HOST", "")
    # Read again where they are used, once they are known to be sound.
    _env.str("LH_LOG_LEVEL", USUAL_LEVEL, validate=validate.OneOf(LEVELS))
    _at_a_terminal = _env.str("LH_LOG_FORMAT", USUAL_FORMAT, validate=validate.OneOf(FORMATS)) == "text"
except EnvError as error:
    raise SystemExit(str(error)) from error

# gunicorn's gthread, whose threads do not wait for slow callers; its own errors, of requests that are no HTTP, are
# problems as well.
worker_class = "service.api.edge.errors.server_errors.ProblemWorker"

# A file is sent as bytes are: what a slow reader does not take has to be in hand.
sendfile = False

# Callers' connections in a process; half of the files that it may open are left for exchanges and all else. Where all
# are taken, one makes room (buffered_worker).
_files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
worker_connections = min(1000, _files // 2) if _files != resource.RLIM_INFINITY else 1000

# By chance, so that workers are not replaced at the same time.
max_requests_jitter = max_requests // 10

# No header may rename the application's root: it serves at one place, and a proxy that strips a prefix needs none.
forwarder_headers = ""

# The application is built once, before the fork: its libraries' memory is shared (two workers with numpy and ccxt take
# 105 MB in all, 175 MB otherwise), and one that cannot start ends the server with its reason instead of being restarted
# for ever. In return nothing in create_app may open a connection or start a thread, for neither survives a fork.
preload_app = True

# gunicorn would otherwise open a command socket under $HOME: nobody uses it, and a read-only root has no place for it.
control_socket_disable = True

# Heartbeats touch a file. On a busy disk that call can block for so long that a healthy worker is killed; /dev/shm is
# memory. Where it is missing or not writable, None leaves the choice to TMPDIR.
_shared_memory = Path("/dev/shm")  # noqa: S108 - gunicorn makes its own unpredictable name inside and unlinks it
worker_tmp_dir = str(_shared_memory) if os.access(_shared_memory, os.W_OK | os.X_OK) else None

errorlog = "-"
# The application logs every request itself, in the form of all other lines.
accesslog = None
logger_class = GunicornLog

# Where processes leave their metrics for one of them to add up; memory, where there is such a place, for each request
# writes there. prometheus_client looks for the name when it is imported, so it has to be set by now. One directory a
# port: as long as the port is held nobody else writes there.
if _metrics_port:
    _in = worker_tmp_dir or gettempdir()
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", f"{_in}/liquidation-heatmap-{os.getuid()}-{_metrics_port}")

# What to try first, on the simulated exchange, which is always there unless it was left out.
_TO_TRY = ("/v1/heatmap?exchange=sim&symbol=BTC", "/v1/profile?exchange=sim&symbol=BTC", "/v1/exchanges")


def on_starting(server: Any) -> None:  # noqa: ANN401 - gunicorn publishes no types
    """Bound the heaps, and serve the metrics from here on; a port that cannot be had ends the start with a sentence."""
    bound_arenas(MOST_ARENAS)
    server.metrics = None
    if not _metrics_port:
        return
    from service.ops.metrics_directory import MetricsDirectory  # noqa: PLC0415 - not before the directory is named
    from service.ops.metrics_server import MetricsServer, OfTheServer  # noqa: PLC0415 - as above

    first = server.cfg.address[0]
    host = _metrics_host or (first[0] if isinstance(first, tuple) else "127.0.0.1")
    of_the_server = OfTheServer(server.cfg.workers * server.cfg.threads, lambda: len(server.WORKERS))
    directory = MetricsDirectory(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
    try:
        server.metrics = MetricsServer((host, _metrics_port), directory, of_the_server)
    except OSError as error:
        raise SystemExit(f"LH_METRICS_PORT: {host}:{_metrics_port} cannot be had: {error.strerror}") from None
    server.metrics.start()


def post_fork(server: Any, worker: Any) -> None:  # noqa: ANN401, ARG001 - gunicorn publishes no types
    """Let go, in a new worker, of the port of the metrics: it is the watching process's."""
    if server.metrics:
        server.metrics.socket.close()


def child_exit(server: Any, worker: Any) -> None:  # noqa: ANN401 - gunicorn publishes no types
    """Take a worker that has ended out of the metrics; a server that stops, and so listens no more, ends its own."""
    if server.metrics:
        server.metrics.worker_ended(worker.pid, stopping=not server.LISTENERS)


def when_ready(server: Any) -> None:  # noqa: ANN401 - gunicorn publishes no types
    """Say where the service answers: gunicorn calls this once its sockets listen and the application is there.

    The workers come next. What is there by now stays for good: no worker looks through it for garbage, which would cost
    a twentieth of a default answer, and make its own copy of every page that it only reads.
    """
    gc.collect()
    gc.freeze()
    for listener in server.LISTENERS:
        if not _at_a_terminal:
            server.log.info("Serving on %s", listener)
            continue
        server.log.info("Serving on %s (Ctrl-C stops). Try, in another terminal:", listener)
        for path in _TO_TRY:
            server.log.info("  curl '%s%s'", listener, path)
