"""A load balancer before several servers: nginx, which asks the next one where one is gone."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.support import outside
from tests.support.ports import free_port

CONFIG = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream replicas {{ {servers} }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://replicas;
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_connect_timeout 2s;
      proxy_next_upstream error timeout;
    }}
  }}
}}
"""
START_S = 60.0


@contextmanager
def balanced(bases: Sequence[str]) -> Iterator[str]:
    """Give the URL at which requests go to these servers in turn, until the block ends."""
    nginx, port = outside.nginx(), free_port()
    assert nginx is not None, "nginx is not installed"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Where root starts it its work is another user's.
        folder.chmod(0o777)
        servers = " ".join(f"server {urlsplit(base).netloc};" for base in bases)
        (folder / "nginx.conf").write_text(CONFIG.format(folder=folder, servers=servers, port=port))
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([nginx, "-e", "stderr", "-c", folder / "nginx.conf"], stdout=log, stderr=log)
            try:
                _wait_until_listening(port, process, folder / "log")
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                process.wait(30)


def _wait_until_listening(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())
