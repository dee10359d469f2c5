"""Ask the server in this container whether it is alive: `python -m service.ops.healthcheck`.

For container runtimes that run a command; Kubernetes asks /livez itself. Exits 0 when it answered 200, else says why.
"""

import http.client
import os
from collections.abc import Mapping


def port(environ: Mapping[str, str]) -> int:
    """Return the port of the first address in LH_BIND; raise ValueError when it has none."""
    return int(environ.get("LH_BIND", "127.0.0.1:8080").split(",")[0].rpartition(":")[2])


def status(port: int, timeout: float = 2.0) -> int:
    """Return the HTTP status with which /livez answers on loopback; raise OSError when nothing does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status
    finally:
        connection.close()


def main() -> None:
    """Exit by the answer."""
    try:
        answer = status(port(os.environ))
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise SystemExit(f"/livez: {error}") from error
    raise SystemExit(0 if answer == http.client.OK else f"/livez answered {answer}")


if __name__ == "__main__":
    main()
