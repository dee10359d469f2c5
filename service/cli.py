"""The console script: serve, predict, openapi."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from service.app import create_app
from service.heatmap.assumptions import Assumptions, Venue
from service.heatmap.leverage import parse_mix
from service.heatmap.margin_tiers import flat_tiers
from service.heatmap.predict import swept
from service.market.table import BadTable, read_bars, write_predictions
from service.settings import Settings

# A table of bars names no exchange: the lowest tier of the large venues stands in.
TYPICAL_RATE, TYPICAL_LEVERAGE = 0.004, 125.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 for input that cannot be used."""
    args = _parser().parse_args(argv)
    try:
        return int(args.run(args))
    except BadTable as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "liquidation-heatmap", description="Where leveraged positions will be force-closed."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the API through gunicorn")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8080)
    serve.set_defaults(run=_serve)
    predict = commands.add_parser("predict", help="write what each bar of a table would liquidate")
    predict.add_argument("--bars", type=Path, required=True, help="CSV: ts or timestamp, o h l c v oi (or long names)")
    predict.add_argument("--out", type=Path, required=True, help="CSV to write: ts,swept_long,swept_short (base coin)")
    predict.add_argument("--mix", default="default", help="preset or leverage:weight,...")
    predict.add_argument(
        "--churn", type=float, default=Assumptions().churn, help="share of volume that changes positions"
    )
    predict.set_defaults(run=_predict)
    contract = commands.add_parser("openapi", help="print the OpenAPI contract")
    contract.set_defaults(run=_openapi)
    return parser


def _serve(args: argparse.Namespace) -> NoReturn:
    options = ["--config", "python:service.ops.gunicorn", "--bind", f"{args.host}:{args.port}"]
    command = [sys.executable, "-m", "gunicorn", *options, "service.app:create_app_from_environment()"]
    os.execv(sys.executable, command)  # noqa: S606 - replaces this process: signals reach gunicorn


def _predict(args: argparse.Namespace) -> int:
    try:
        assumptions = Assumptions(mix=parse_mix(args.mix), churn=args.churn)
        bars = read_bars(args.bars)
        long, short = swept(
            bars, assumptions, Venue("binance", flat_tiers(TYPICAL_RATE, max_leverage=TYPICAL_LEVERAGE))
        )
    except ValueError as error:
        raise BadTable(f"{args.bars}: {error}") from None
    write_predictions(args.out, bars, long, short)
    return 0


def _openapi(_: argparse.Namespace) -> int:
    sys.stdout.write(create_app(Settings()).test_client().get("/openapi.yaml").text)
    return 0
