"""A server that a test starts as a user does, asks over HTTP, listens to, and ends."""

import http.client
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).parent / "liquidation-heatmap"


@dataclass(frozen=True)
class Answer:
    """An answer, read whole."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Server:
    """A server that runs, and what it has said."""

    process: "subprocess.Popen[str]"
    port: int
    said: list[str] = field(default_factory=list)
    listening: threading.Event = field(default_factory=threading.Event)
    listener: threading.Thread | None = None

    def listen(self) -> None:
        """Take down what it says until it ends."""
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                self.said.append(line)
                if "Serving on" in line:
                    self.listening.set()
        self.listening.set()

    def ask(self, path: str, **headers: str) -> "Answer":
        """Return the answer to a GET, read whole, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def end(self) -> int:
        """Return its exit code, once it has ended and all it said is in hand."""
        code = self.process.wait(60)
        assert self.listener is not None
        self.listener.join(60)
        return code


def start(*before: str | Path, **variables: str) -> Server:
    """Start the server through its console script, on the simulated exchanges; `before` is a command that runs it."""
    port = free_port()
    environment = os.environ | {"LH_EXCHANGES": "sim,sim2"} | variables
    process = subprocess.Popen(
        [*before, COMMAND, "serve", "--port", str(port)], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    server = Server(process, port)
    server.listener = threading.Thread(target=server.listen)
    server.listener.start()
    assert server.listening.wait(180)
    if not any("Serving on" in line for line in server.said):
        # It said all that it has to say: its end is near, and a test may wait for it.
        process.wait(60)
    assert process.poll() is None, "".join(server.said)
    return server
