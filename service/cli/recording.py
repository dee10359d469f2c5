"""The command `record`: the viewer with answers of now beside it, a folder that any web server can serve."""

import argparse
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from flask.testing import FlaskClient

from service.app import create_app
from service.cli.answer import Refused
from service.settings import EXCHANGES, settings_from_environment

FOLDER = Path(__file__).resolve().parents[1] / "web"
# What is recorded of each market: timeframes with one lookback each.
VIEWS = {"15m": "1d", "1h": "7d", "4h": "30d", "1d": "90d"}
MIX = "default"
LISTED = "recording.json"
# The page asks its server until it finds this line.
MARK = '<meta name="color-scheme"'
POINTER = f'<meta name="recording" content="{LISTED}">\n'
# As much of a digest as names one file among hundreds.
DIGITS = 12

Request = tuple[str, dict[str, str]]


def add_recording(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "--out", type=Path, required=True, default=argparse.SUPPRESS, help="folder to write, new or empty"
    )
    parser.add_argument("--exchange", type=_names, default=("sim", "sim2"), help="exchanges, with commas between them")
    parser.add_argument("--symbol", type=_names, default=("BTC",), help="symbols, with commas between them")
    parser.set_defaults(run=record)


def record(args: argparse.Namespace) -> int:
    """Write the folder; raises Refused where it is not empty or the service refuses a request."""
    out: Path = args.out
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Refused(f"{out} is not an empty folder")
    unknown = [name for name in args.exchange if name not in EXCHANGES]
    if unknown:
        raise Refused(f"--exchange: unknown {', '.join(unknown)}; must be among {', '.join(EXCHANGES)}")
    app = create_app(replace(settings_from_environment(), exchanges=args.exchange))
    answers = {_key(path, query): _asked(app.test_client(), path, query) for path, query in _requests(args)}
    shutil.copytree(FOLDER, out / "web", ignore=shutil.ignore_patterns("index.html", "__pycache__"), dirs_exist_ok=True)
    page = (FOLDER / "index.html").read_text()
    (out / "index.html").write_text(page.replace(MARK, POINTER + MARK, 1))
    (out / "answers").mkdir()
    files = {key: _written(out, key, body) for key, body in answers.items()}
    offered = {"exchanges": args.exchange, "symbols": args.symbol, "views": VIEWS, "mixes": [MIX]}
    (out / LISTED).write_bytes(orjson.dumps(offered | {"as_of": _as_of(answers), "answers": files}))
    return 0


def _requests(args: argparse.Namespace) -> Iterator[Request]:
    """Yield what the viewer asks for in every view that the recording offers (service/web/js/main.js)."""
    yield "v1/exchanges", {}
    for symbol in args.symbol:
        for timeframe, lookback in VIEWS.items():
            market = {"symbol": symbol, "timeframe": timeframe, "lookback": lookback, "mix": MIX}
            yield from _of_market(market, args.exchange)


def _of_market(market: dict[str, str], exchanges: Sequence[str]) -> Iterator[Request]:
    drawn = {"bins": "240", "candles": "true"}
    for name in exchanges:
        yield "v1/heatmap", market | drawn | {"exchange": name}
        yield "v1/zones", market | {"exchange": name, "top": "12"}
    for one, other in permutations(exchanges, 2):
        yield "v1/heatmap", market | drawn | {"exchange": f"{one},{other}", "split": "true"}
        yield "v1/diff", market | {"a": one, "b": other}


def _key(path: str, query: dict[str, str]) -> str:
    """Return what was asked as the page writes it: by name of parameter."""
    return f"{path}?{urlencode(sorted(query.items()))}"


def _asked(client: FlaskClient, path: str, query: dict[str, str]) -> bytes:
    response = client.get(f"/{path}", query_string=query)
    if response.status_code != 200:  # noqa: PLR2004 - the one status of an answer
        raise Refused(f"{_key(path, query)}: {(response.json or {}).get('detail', response.status)}")
    return bytes(response.data)


def _written(out: Path, key: str, body: bytes) -> str:
    name = f"answers/{hashlib.sha256(key.encode()).hexdigest()[:DIGITS]}.json"
    (out / name).write_bytes(body)
    return name


def _as_of(answers: dict[str, bytes]) -> Any:  # noqa: ANN401 - as the answer has it
    return next(orjson.loads(body)["as_of"] for key, body in answers.items() if key.startswith("v1/heatmap"))


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names:
        raise argparse.ArgumentTypeError("must name at least one")
    return names
