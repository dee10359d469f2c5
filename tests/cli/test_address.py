"""An address is free unless something listens there, and who starts on a taken one is told so in one line."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cli.address import require_free

COMMAND = Path(sys.executable).parent / "liquidation-heatmap"


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port on which something listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_free_port_stays_free(taken: int) -> None:
    """Trying it twice holds nothing; port 0 is any free one."""
    for _ in range(2):
        require_free("127.0.0.1", 0)
    with pytest.raises(OSError, match=f"cannot serve on 127.0.0.1:{taken}: Address already in use"):
        require_free("127.0.0.1", taken)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_ours(host: str) -> None:
    """A host that cannot be bound is named."""
    with pytest.raises(OSError, match=f"cannot serve on {host}:8080"):
        require_free(host, 8080)


def test_the_command_says_it_in_one_line(taken: int) -> None:
    """The real command on a taken port: exit code 2, one line, and no word of serving."""
    done = subprocess.run(
        [COMMAND, "serve", "--port", str(taken)],
        env=os.environ | {"LH_EXCHANGES": "sim"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"cannot serve on 127.0.0.1:{taken}: Address already in use; choose another with --port"
    ]
