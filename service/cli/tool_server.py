"""The command `mcp`: the service's answers as tools for language models."""

import argparse
import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from service import __version__
from service.app import create_app
from service.cli.address import require_free
from service.cli.answer import Refused
from service.settings import settings_from_environment

if TYPE_CHECKING:
    from service.mcp_server.asking import Ask

MOST_PORT = 65_535
# The API key of the service at --url: on the command line every user of the machine could read it.
KEY = "LIQUIDATION_HEATMAP_KEY"
MISSING = "the command mcp needs the extra mcp: pip install 'liquidation-heatmap[mcp]'"


def add_tools(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "--http",
        type=_address,
        metavar="HOST:PORT",
        default=None,
        help="serve streamable HTTP at /mcp there, such as 127.0.0.1:8090, in place of standard input and output; it "
        "asks nobody for a key, so let none but your own machine reach it",
    )
    parser.add_argument(
        "--url",
        type=_url,
        default=None,
        help=f"ask a running service, such as http://127.0.0.1:8080, with the API key that {KEY} holds; without, it "
        "asks the exchanges itself",
    )
    parser.set_defaults(run=serve_tools)


def serve_tools(args: argparse.Namespace) -> int:
    """Serve until the caller hangs up; raises Refused without the extra, OSError where nothing can listen."""
    if find_spec("mcp") is None:
        raise Refused(MISSING)
    from service.mcp_server.tools import build_server  # noqa: PLC0415 - the extra may be missing

    server = build_server(_ask(args.url), __version__)
    if args.http is None:
        server.run("stdio")
        return 0
    host, port = args.http
    require_free(host, port, "--http")
    sys.stderr.write(f"MCP at http://{f'[{host}]' if ':' in host else host}:{port}/mcp\n")
    server.run("streamable-http", host=host, port=port, stateless_http=True, json_response=True)
    return 0


def _ask(url: str | None) -> "Ask":
    from service.mcp_server.asking import asking_in_process, asking_over_http  # noqa: PLC0415 - as above

    if url is not None:
        return asking_over_http(url, os.environ.get(KEY))
    return asking_in_process(create_app(settings_from_environment()))


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= MOST_PORT:
        raise argparse.ArgumentTypeError(f"must be HOST:PORT with a port from 1 to {MOST_PORT}, not {text!r}")
    return host.strip("[]"), int(port)


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"must begin with http:// or https://, not {text!r}")
    return text
