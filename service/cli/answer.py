"""A table's heatmap, zones or profile: the answer that the service gives about it, written as JSON or CSV."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from service.app import create_app
from service.cli.table.bars import BarTable
from service.cli.table.exchange import TABLE, TableExchange
from service.cli.table.source import STANDARD
from service.market.feed import SETTLE_MS
from service.settings import Settings
from service.times import rfc3339

FORMATS = ("json", "csv")
# The table decides these parameters.
FIXED = ("exchange", "symbol", "timeframe", "timeframes")


class Refused(ValueError):
    """The service refused the request; the message is its own."""


def answer(resource: str, table: BarTable, coin: str, parameters: Sequence[str]) -> dict[str, Any]:
    """Return what `GET /v1/{resource}` answers about the table as it stood when its last bar closed.

    `parameters` are of that path, as `name=value`. Raises Refused and BadTable. The table's own warnings come first
    among those of the answer.
    """
    body: dict[str, Any] = orjson.loads(_asked(resource, table, coin, parameters))
    return body | {"warnings": [*table.warnings, *body["warnings"]]}


def picture(resource: str, table: BarTable, coin: str, parameters: Sequence[str]) -> bytes:
    """Return the PNG that `GET /v1/{resource}.png` draws of the table; as `answer` otherwise."""
    return _asked(f"{resource}.png", table, coin, parameters)


def write_picture(path: Path, png: bytes) -> None:
    """Write a picture to a file, to standard output where the path is `-`."""
    if str(path) == STANDARD:
        sys.stdout.buffer.write(png)
    else:
        path.write_bytes(png)


def write_answer(path: Path, resource: str, body: dict[str, Any], form: str) -> None:
    """Write an answer as JSON or CSV to a file, to standard output where the path is `-`; raises Refused."""
    if form == "json":
        text = orjson.dumps(body).decode() + "\n"
    else:
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerows(ROWS[resource](body))
        text = file.getvalue()
    if str(path) == STANDARD:
        sys.stdout.write(text)
    else:
        path.write_text(text, encoding="utf-8", newline="\n")


def _asked(resource: str, table: BarTable, coin: str, parameters: Sequence[str]) -> bytes:
    exchange = TableExchange(table, coin)
    query = {"exchange": TABLE, "symbol": coin, "timeframe": exchange.timeframe} | _parsed(parameters)
    moment = (exchange.end + SETTLE_MS) / 1000
    app = create_app(Settings(), exchanges={TABLE: exchange}, clock=lambda: moment)
    response = app.test_client().get(f"/v1/{resource}", query_string=query)
    if response.status_code != 200:  # noqa: PLR2004 - all else is a problem
        raise Refused(_problem(orjson.loads(response.get_data())))
    return response.get_data()


def _parsed(parameters: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in parameters:
        name, equals, value = text.partition("=")
        if not equals or name in FIXED:
            why = "the table decides it" if equals else "write a parameter as name=value, such as range_pct=10"
            raise Refused(f"{text}: {why}")
        found[name] = value
    return found


def _problem(body: dict[str, Any]) -> str:
    errors = [f"{error['field']}: {error['message']}" for error in body.get("errors", [])]
    return "; ".join(errors) or str(body.get("detail") or body["title"])


def _heatmap(body: dict[str, Any]) -> Iterator[Sequence[object]]:
    """Yield a row for each cell in which something stands; USD."""
    grid = body["grid"]
    if "long" not in grid:
        raise Refused("CSV has a row for each cell, which is encoding=dense")
    yield "ts", "low", "high", "long", "short"
    for time, long, short in zip(grid["time"], grid["long"], grid["short"], strict=True):
        for at, amounts in enumerate(zip(long, short, strict=True)):
            if any(amounts):
                yield rfc3339(time), grid["edges"][at], grid["edges"][at + 1], *amounts


def _profile(body: dict[str, Any]) -> Iterator[Sequence[object]]:
    """Yield a row for each bin; USD."""
    yield "low", "high", "long", "short", "long_cumulative", "short_cumulative"
    columns = [body[side][what] for what in ("notional", "cumulative") for side in ("long", "short")]
    yield from zip(body["edges"], body["edges"][1:], *columns, strict=False)


def _zones(body: dict[str, Any]) -> Iterator[Sequence[object]]:
    """Yield a row for each zone, with what it has that is one figure or one word."""
    zones = [{"kind": kind} | zone for kind in ("hot", "cold") for zone in body[kind]]
    names = [name for name in (zones[0] if zones else {"kind": ""}) if not isinstance(zones[0][name], dict | list)]
    yield names
    for zone in zones:
        yield ["" if zone.get(name) is None else zone[name] for name in names]


ROWS = {"heatmap": _heatmap, "profile": _profile, "zones": _zones}
