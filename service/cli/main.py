"""The console script: serve, the map of one's own table, predict, heat, stand, skill, mcp, record, key, openapi."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from threadpoolctl import threadpool_limits

from service.app import create_app
from service.cli import options as option
from service.cli.address import require_free
from service.cli.answer import FORMATS, Refused, answer, picture, write_answer, write_picture
from service.cli.recording import add_recording
from service.cli.skill_report import skill_report
from service.cli.stand import write_stand
from service.cli.table.bars import BarTable, read_table
from service.cli.table.errors import BadTable
from service.cli.table.liquidations import read_liquidations
from service.cli.table.predictions import write_predictions
from service.cli.table.source import name_of
from service.cli.tool_server import add_tools
from service.heatmap import Assumptions, BadInput, predict_known, score_predictions
from service.heatmap.inventory import HIGHEST, LOWEST, TYPICAL_LEVERAGE, TYPICAL_RULE, typical_venue
from service.heatmap.lift import swept_heat
from service.heatmap.margin import RULES
from service.heatmap.skill import BURN, RESAMPLES, bars_without_prediction
from service.ops.api_keys import digest_of_key, new_key
from service.settings import BadSettings, Settings, settings_from_environment
from service.times import rfc3339

COLUMNS = "CSV with ts, o h l c v and, if known, oi, or the names that exchanges use"
# Answers that can be drawn.
DRAWN = ("heatmap", "zones")
LEAST_CHURN, MOST_CHURN = 0.01, 10.0
MOST_PORT, MOST_BURN, MOST_SEED = 65_535, 1_000_000, 2**31 - 1
# Arguments of the model that are options here; all else that it refuses comes from the table.
OPTIONS = ("mix", "churn")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 for input that cannot be used."""
    args = _parser().parse_args(argv)
    # As the service does, so that a table gives the same bytes on every machine.
    threadpool_limits(1, "blas")
    try:
        return int(args.run(args))
    except (BadTable, BadSettings, Refused, OSError) as error:
        sys.stderr.write(f"{error}\n")
    except BadInput as error:
        where = f"--{error.field}" if error.field in OPTIONS else name_of(args.bars)
        sys.stderr.write(f"{where}: {error.message}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "liquidation-heatmap", description="Where leveraged positions will be force-closed."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = _command(commands, "serve", "serve the API through gunicorn")
    serve.add_argument("--host", default="127.0.0.1", help="address to bind")
    serve.add_argument("--port", type=option.whole(0, MOST_PORT), default=8080, help="port to bind")
    serve.set_defaults(run=_serve)
    for resource, what in (
        ("heatmap", "what stood over time, by liquidation price"),
        ("zones", "hot and cold zones, ranked"),
        ("profile", "what stands now, by side and leverage"),
    ):
        _add_answer(_command(commands, resource, f"answer as /v1/{resource} does about a table: {what}"), resource)
    predict = _command(commands, "predict", "write what each bar of a table would liquidate")
    _add_table(predict, f"{COLUMNS}; - reads stdin")
    predict.add_argument(
        "--out",
        type=Path,
        required=True,
        default=argparse.SUPPRESS,
        help="CSV to write: ts,swept_long,swept_short in base coin, empty while open interest was not known yet; "
        "- writes stdout",
    )
    predict.set_defaults(run=_predict)
    heat = _command(commands, "heat", "write how full the prices were that each bar of a table swept")
    _add_table(heat, f"{COLUMNS}; - reads stdin")
    heat.add_argument(
        "--out",
        type=Path,
        required=True,
        default=argparse.SUPPRESS,
        help="CSV to write: ts,heat_long,heat_short, the mean heat from the close before to the low and to the high, "
        "by the map as it stood before the bar; empty where the bar did not go that way; - writes stdout",
    )
    heat.set_defaults(run=_heat)
    stand = _command(commands, "stand", "write what stood at some moments, by distance from the price")
    _add_table(stand, f"{COLUMNS}; - reads stdin")
    _add_stand(stand)
    skill = _command(commands, "skill", "score the map on a table of bars with realised liquidations")
    _add_table(skill, "CSV as for predict, with liq_long and liq_short, or liquidated_long and _short in base coin")
    _add_scoring(skill)
    skill.set_defaults(run=_skill)
    add_tools(_command(commands, "mcp", "serve the answers as tools for language models, over stdio or HTTP"))
    add_recording(_command(commands, "record", "write the viewer with answers of now, for any web server to serve"))
    _command(commands, "key", "make an API key, and its digest for LH_API_KEYS").set_defaults(run=_key)
    _command(commands, "openapi", "print the OpenAPI contract").set_defaults(run=_openapi)
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=what, description=f"{what.capitalize()}.", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )


def _add_answer(parser: argparse.ArgumentParser, resource: str) -> None:
    parser.add_argument("--bars", type=Path, required=True, default=argparse.SUPPRESS, help=f"{COLUMNS}; - reads stdin")
    parser.add_argument("--coin", default="COIN", help="what is traded, for the answer to name")
    parser.add_argument("--out", type=Path, default=Path("-"), help="file to write; - writes stdout")
    parser.add_argument("--format", choices=FORMATS, default="json", help="the whole answer, or its rows")
    if resource in DRAWN:
        parser.add_argument(
            "--png",
            type=Path,
            default=None,
            help=f"draw it into this file instead, with any parameter of /v1/{resource}.png; - writes stdout",
        )
    parser.add_argument("parameters", nargs="*", metavar="NAME=VALUE", help=f"any parameter of /v1/{resource}")
    parser.set_defaults(run=_answer, resource=resource)


def _add_table(parser: argparse.ArgumentParser, columns: str) -> None:
    parser.add_argument("--bars", type=Path, required=True, default=argparse.SUPPRESS, help=columns)
    parser.add_argument("--mix", type=option.mix, default="default", help="preset or leverage:weight,...")
    parser.add_argument(
        "--churn",
        type=option.number(LEAST_CHURN, MOST_CHURN),
        default=Assumptions().churn,
        help=f"volume that renews positions / volume traded, {LEAST_CHURN:g} to {MOST_CHURN:g}",
    )


def _add_stand(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at",
        type=option.moments,
        required=True,
        default=argparse.SUPPRESS,
        help="moments, ISO 8601, with commas between them",
    )
    parser.add_argument("--rule", choices=sorted(RULES), default=TYPICAL_RULE, help="liquidation rule of the exchange")
    parser.add_argument(
        "--max-leverage",
        type=option.number(LOWEST, HIGHEST),
        default=TYPICAL_LEVERAGE,
        help="most leverage that the market allows",
    )
    parser.add_argument("--coin", default="COIN", help="what fills the column of that name")
    parser.add_argument(
        "--out",
        type=Path,
        help="CSV to write: ts,coin,side,cell,amount; cell n is n to n + 1 %% beyond the price, 60 farther, -1 never "
        "liquidated",
        required=True,
        default=argparse.SUPPRESS,
    )
    parser.add_argument(
        "--kept",
        type=Path,
        default=argparse.SUPPRESS,
        help="CSV to write: ts,coin,side,lag_hours,kept; of what no price reached until then, the share still standing",
    )
    parser.set_defaults(run=_stand)


def _add_scoring(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--test-from", type=option.moment, default=argparse.SUPPRESS, help="score bars from this time on, ISO 8601"
    )
    parser.add_argument(
        "--burn", type=option.whole(0, MOST_BURN), default=BURN, help="bars at the start that are not scored"
    )
    parser.add_argument("--boot", type=option.resamples, default=RESAMPLES, help="resamples of days for the intervals")
    parser.add_argument("--seed", type=option.whole(0, MOST_SEED), default=0, help="chooses the resamples")


def _serve(args: argparse.Namespace) -> NoReturn:
    """Become gunicorn; raises OSError where the address cannot be bound, which gunicorn itself says in twelve lines."""
    settings_from_environment()
    require_free(args.host, args.port)
    host = f"[{args.host}]" if ":" in args.host else args.host
    # Somebody sits before it; in a container, gunicorn is started by itself.
    os.environ.setdefault("LH_LOG_FORMAT", "text")
    options = ["--config", "python:service.ops.gunicorn", "--bind", f"{host}:{args.port}"]
    command = [sys.executable, "-m", "gunicorn", *options, "service.app:create_app_from_environment()"]
    os.execv(sys.executable, command)  # noqa: S606 - replaces this process: signals reach gunicorn


def _answer(args: argparse.Namespace) -> int:
    png = getattr(args, "png", None)
    _check_apart(args.bars, png or args.out)
    table = _read(args, predicted=False)
    if png is not None:
        write_picture(png, picture(args.resource, table, args.coin, args.parameters))
        return 0
    body = answer(args.resource, table, args.coin, args.parameters)
    write_answer(args.out, args.resource, body, args.format)
    return 0


def _predict(args: argparse.Namespace) -> int:
    _check_apart(args.bars, args.out)
    bars = _read(args).bars
    write_predictions(args.out, bars, "swept", predict_known(bars, _assumptions(args), typical_venue()))
    return 0


def _heat(args: argparse.Namespace) -> int:
    _check_apart(args.bars, args.out)
    bars = _read(args).bars
    write_predictions(args.out, bars, "heat", swept_heat(bars, _assumptions(args), typical_venue()))
    return 0


def _stand(args: argparse.Namespace) -> int:
    kept = getattr(args, "kept", None)
    for out in filter(None, (args.out, kept)):
        _check_apart(args.bars, out)
    assumptions = Assumptions.of(args.mix, args.rule, churn=args.churn)
    venue = typical_venue(args.max_leverage, args.rule)
    write_stand(_read(args).bars, args.at, assumptions, venue, coin=args.coin, out=args.out, kept=kept)
    return 0


def _skill(args: argparse.Namespace) -> int:
    table = _read(args)
    made = score_predictions(
        table.bars,
        read_liquidations(table),
        predict_known(table.bars, _assumptions(args), typical_venue()),
        burn=args.burn,
        test_from=getattr(args, "test_from", None),
        resamples=args.boot,
        seed=args.seed,
    )
    sys.stdout.write(skill_report(made))
    return 0


def _key(_: argparse.Namespace) -> int:
    key = new_key()
    sys.stdout.write(f"key, for the caller: {key}\ndigest, for LH_API_KEYS: {digest_of_key(key)}\n")
    return 0


def _openapi(_: argparse.Namespace) -> int:
    sys.stdout.write(create_app(Settings()).test_client().get("/openapi.yaml").text)
    return 0


def _assumptions(args: argparse.Namespace) -> Assumptions:
    return Assumptions.of(args.mix, churn=args.churn)


def _check_apart(table: Path, out: Path) -> None:
    """Raise BadTable where what is written would replace what is read."""
    if table.exists() and out.exists() and table.samefile(out):
        raise BadTable(f"{out}: --out is the table that --bars reads; name another file")


def _read(args: argparse.Namespace, *, predicted: bool = True) -> BarTable:
    """Return the table; what is doubtful of it is told on stderr, and which bars cannot be `predicted`."""
    table = read_table(args.bars)
    blind = bars_without_prediction(table.bars) if predicted else 0
    if blind:
        last = rfc3339(int(table.bars.time[blind - 1]))
        sys.stderr.write(
            f"{table.name}: open interest is first known at the close of {last}: bars up to it are not predicted\n"
        )
    for warning in table.warnings:
        sys.stderr.write(f"{table.name}: {warning}\n")
    return table


if __name__ == "__main__":
    sys.exit(main())
