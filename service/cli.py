"""The console script: serve, predict, skill, openapi."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from service.app import create_app
from service.heatmap.assumptions import Assumptions, Venue
from service.heatmap.bad_input import BadInput
from service.heatmap.leverage import Mix, parse_mix
from service.heatmap.margin_tiers import flat_tiers
from service.heatmap.predict import swept
from service.heatmap.skill import BOOT, BURN, score, verdict
from service.market.liquidation_columns import read_liquidations
from service.market.table import BadTable, read_bars, write_predictions
from service.settings import BadSettings, Settings, settings_from_environment

# A table of bars names no exchange: the lowest tier of the large venues stands in.
TYPICAL_RATE, TYPICAL_LEVERAGE = 0.004, 125.0
LEAST_CHURN, MOST_CHURN = 0.01, 10.0
MOST_PORT = 65535


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 for input that cannot be used."""
    args = _parser().parse_args(argv)
    try:
        return int(args.run(args))
    except (BadTable, BadSettings, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "liquidation-heatmap", description="Where leveraged positions will be force-closed."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the API through gunicorn")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8080)
    serve.set_defaults(run=_serve)
    predict = commands.add_parser("predict", help="write what each bar of a table would liquidate")
    predict.add_argument("--bars", type=Path, required=True, help="CSV: ts or timestamp, o h l c v oi (or long names)")
    predict.add_argument("--out", type=Path, required=True, help="CSV to write: ts,swept_long,swept_short (base coin)")
    predict.add_argument("--mix", type=_mix, default="default", help="preset or leverage:weight,...")
    predict.add_argument(
        "--churn", type=_churn, default=Assumptions().churn, help="volume that renews positions / volume traded"
    )
    predict.set_defaults(run=_predict)
    skill = commands.add_parser("skill", help="score the map on a table of bars with realised liquidations")
    skill.add_argument(
        "--bars", type=Path, required=True, help="CSV as for predict, with liq_long, liq_short or liquidated_long, ..."
    )
    skill.add_argument("--mix", type=_mix, default="default", help="preset or leverage:weight,...")
    skill.add_argument("--churn", type=_churn, default=Assumptions().churn, help="as for predict")
    skill.add_argument("--test-from", type=_moment, help="score bars from this time on only, ISO 8601")
    skill.add_argument("--burn", type=int, default=BURN, help="bars at the start that are not scored (%(default)s)")
    skill.add_argument("--boot", type=_draws, default=BOOT, help="resamplings of days (%(default)s)")
    skill.add_argument("--seed", type=int, default=0)
    skill.set_defaults(run=_skill)
    contract = commands.add_parser("openapi", help="print the OpenAPI contract")
    contract.set_defaults(run=_openapi)
    return parser


def _serve(args: argparse.Namespace) -> NoReturn:
    settings_from_environment()
    options = ["--config", "python:service.ops.gunicorn", "--bind", f"{args.host}:{args.port}"]
    command = [sys.executable, "-m", "gunicorn", *options, "service.app:create_app_from_environment()"]
    os.execv(sys.executable, command)  # noqa: S606 - replaces this process: signals reach gunicorn


def _predict(args: argparse.Namespace) -> int:
    bars = read_bars(args.bars)
    venue = Venue("binance", flat_tiers(TYPICAL_RATE, max_leverage=TYPICAL_LEVERAGE))
    try:
        long, short = swept(bars, Assumptions(mix=args.mix, churn=args.churn), venue)
    except BadInput as error:
        raise BadTable(f"{args.bars}: {error}") from None
    write_predictions(args.out, bars, long, short)
    return 0


def _skill(args: argparse.Namespace) -> int:
    bars = read_bars(args.bars)
    liquidated = read_liquidations(args.bars, bars)
    venue = Venue("binance", flat_tiers(TYPICAL_RATE, max_leverage=TYPICAL_LEVERAGE))
    try:
        predicted = swept(bars, Assumptions(mix=args.mix, churn=args.churn), venue)
        made = score(
            bars, *liquidated, *predicted, burn=args.burn, test_from=args.test_from, boot=args.boot, seed=args.seed
        )
    except BadInput as error:
        raise BadTable(f"{args.bars}: {error}") from None
    sys.stdout.write(f"{verdict(made)}\n")
    for name, figure in (("H1", made.h1), ("H2", made.h2), ("EXT", made.extremes.lead_wick_excursion)):
        sys.stdout.write(f"{name:4}{figure.value:+.3f}  95 % interval {figure.low:+.3f} to {figure.high:+.3f}\n")
    sys.stdout.write(f"bars {made.long.bars} (long), {made.short.bars} (short); days {made.days}\n")
    return 0


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not ISO 8601") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _mix(text: str) -> Mix:
    try:
        return parse_mix(text)
    except BadInput as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= MOST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to {MOST_PORT}")
    return port


def _draws(text: str) -> int:
    draws = int(text)
    if draws < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return draws


def _churn(text: str) -> float:
    churn = float(text)
    if not LEAST_CHURN <= churn <= MOST_CHURN:
        raise argparse.ArgumentTypeError(f"{text} is not from {LEAST_CHURN:g} to {MOST_CHURN:g}")
    return churn


def _openapi(_: argparse.Namespace) -> int:
    sys.stdout.write(create_app(Settings()).test_client().get("/openapi.yaml").text)
    return 0
