"""The console script as it is installed: every command of the README, and what it says of options it cannot use.

An interpreter takes over a second to start; what depends on the arguments alone is asked of `main` in this process.
"""

import csv
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.cli import main as cli
from tests.support.reference_scorer import reference
from tests.support.simulated_hours import write_hours
from tests.support.skill_market import Case, market
from tests.support.skill_table import write

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(sys.executable).parent / "liquidation-heatmap"
README = (ROOT / "README.md").read_text()
ANSWERS = ("heatmap", "zones", "profile")
OTHERS = ("stand", "skill", "mcp", "record", "key", "openapi")
COMMANDS = re.findall(r"^\.venv/bin/liquidation-heatmap (\S+)([^#\n]*)", README, re.MULTILINE)


def run(*arguments: object, code: int = 0) -> "subprocess.CompletedProcess[str]":
    """Return what the installed script says, which must end with that code and without a stack."""
    command = [str(SCRIPT), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100, cwd=ROOT)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[str, str]:
    """Return what a command that succeeds writes to stdout and to stderr."""
    assert cli.main([*map(str, arguments)]) == 0
    printed = capsys.readouterr()
    return printed.out, printed.err


def cells(path: Path) -> list[list[str]]:
    """Return the rows of a CSV file."""
    with path.open(newline="") as file:
        return list(csv.reader(file))


@pytest.fixture(scope="module")
def case() -> Case:
    """Return a month of a made-up market."""
    return market(4, days=30)


@pytest.fixture
def table(case: Case, tmp_path: Path) -> Path:
    """Return it as a table."""
    return write(tmp_path / "IN.csv", case)


def test_the_readme_shows_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """As many as the script itself lists."""
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    listed = re.findall(r"^    (\w+) +\S", capsys.readouterr().out, re.MULTILINE)
    assert [name for name, _ in COMMANDS] == listed == ["serve", *ANSWERS, "predict", "heat", *OTHERS]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), [pair for pair in COMMANDS if pair[0] not in {"serve", "mcp"}])
def test_the_readmes_commands_run(name: str, options: str, table: Path) -> None:
    """As they stand there, on a table of that name; `serve` and `mcp` go on, and have tests of their own."""
    folder = table.parent
    given = [str(folder / word) if word.endswith(".csv") or word == "DEMO" else word for word in shlex.split(options)]
    done = run(name, *given)
    assert done.stderr == ""
    if name == "predict":
        written = cells(folder / "OUT.csv")
        assert written[0] == ["ts", "swept_long", "swept_short"]
        assert len(written) == 1 + 30 * 24
    elif name == "heat":
        assert cells(folder / "HEAT.csv")[0] == ["ts", "heat_long", "heat_short"]
    elif name == "skill":
        assert re.search(r"^H1 .*\n.*\n.*\nH2 .*\nEXT ", done.stdout, re.MULTILINE)
    elif name == "stand":
        assert len(cells(folder / "STAND.csv")) == 1 + 2 * 2 * 62
        assert cells(folder / "KEPT.csv")[0] == ["ts", "coin", "side", "lag_hours", "kept"]
    elif name == "record":
        assert (folder / "DEMO" / "index.html").exists()
    elif name == "key":
        assert re.search(r"\b[0-9a-f]{64}\b", done.stdout)
    elif name in ANSWERS:
        assert ("as_of" in done.stdout) == ("--format csv" not in options)
    else:
        assert done.stdout == (ROOT / "openapi.yaml").read_text()


@pytest.mark.slow
def test_the_module_runs_as_the_script_does(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    """Python -m service.cli.main is the same, and does not end silently."""
    command = [sys.executable, "-m", "service.cli.main", "skill", "--bars", str(table), "--boot", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100, cwd=ROOT)
    assert done.stdout == told(capsys, "skill", "--bars", table, "--boot", "0")[0]
    assert done.stdout.startswith("Skill is not judged")


@pytest.mark.parametrize(
    ("command", "option", "value", "allowed"),
    [
        ("serve", "--port", "x", "a whole number from 0 to 65535"),
        ("serve", "--port", "65536", "a whole number from 0 to 65535"),
        ("serve", "--port", "-1", "a whole number from 0 to 65535"),
        ("predict", "--churn", "much", "a number from 0.01 to 10"),
        ("predict", "--churn", "nan", "a number from 0.01 to 10"),
        ("predict", "--churn", "0", "a number from 0.01 to 10"),
        ("predict", "--mix", "nonsense", "'nonsense' is not a preset"),
        ("skill", "--boot", "x", "50 to 100000, or 0 for figures without intervals"),
        ("skill", "--boot", "1", "50 to 100000, or 0 for figures without intervals"),
        ("skill", "--boot", "49", "50 to 100000, or 0 for figures without intervals"),
        ("skill", "--boot", "-1", "50 to 100000, or 0 for figures without intervals"),
        ("skill", "--burn", "-1", "a whole number from 0 to 1000000"),
        ("skill", "--burn", "few", "a whole number from 0 to 1000000"),
        ("skill", "--seed", "-1", "a whole number from 0 to 2147483647"),
        ("skill", "--seed", "1e3", "a whole number from 0 to 2147483647"),
        ("skill", "--test-from", "yesterday", "ISO 8601"),
    ],
)
def test_an_option_that_cannot_be(
    capsys: pytest.CaptureFixture[str], command: str, option: str, value: str, allowed: str
) -> None:
    """The option, what it may be and what it was, in one line; no name of ours, and no word of the file."""
    bars = [] if command == "serve" else ["--bars", "never-read.csv"]
    out = ["--out", "never-written.csv"] if command == "predict" else []
    with pytest.raises(SystemExit) as end:
        cli.main([command, *bars, *out, f"{option}={value}"])
    assert end.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert f"argument {option}: " in said
    assert allowed in said
    assert repr(value) in said
    assert not re.search(r"\b_\w+|parse|csv", said)


@pytest.mark.slow
def test_the_script_ends_with_the_code_of_main() -> None:
    """What cannot be used ends the installed script with 2 and that line, and no stack."""
    assert "argument --port: " in run("serve", "--port=x", code=2).stderr.splitlines()[-1]


@pytest.mark.parametrize(("command", "defaults"), [
    ("serve", {"--host": "127.0.0.1", "--port": "8080"}),
    ("predict", {"--mix": "default", "--churn": "2.0"}),
    ("skill", {"--mix": "default", "--churn": "2.0", "--burn": "168", "--boot": "400", "--seed": "0"}),
])  # fmt: skip
def test_help_shows_the_defaults(capsys: pytest.CaptureFixture[str], command: str, defaults: dict[str, str]) -> None:
    """Each option with what it is if left out, and nothing that has no default."""
    with pytest.raises(SystemExit) as end:
        cli.main([command, "--help"])
    assert end.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for option, value in defaults.items():
        assert re.search(rf"{option} [A-Z_]+ [^()]*\(default: {re.escape(value)}\)", text), option
    assert len(re.findall(r"\(default: ", text)) == len(defaults)


def spoiled(table: Path, rows: int) -> Path:
    """Empty the open interest of so many rows."""
    header, *body = cells(table)
    for row in body[:rows]:
        row[header.index("oi")] = ""
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([header, *body])
    return table


def test_no_prediction_rests_on_open_interest_to_come(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    """Rows up to the first known one are empty, the others are what they are; stderr says up to when."""
    out = table.parent / "out.csv"
    said = told(capsys, "predict", "--bars", spoiled(table, 30), "--out", out)[1]
    assert "open interest is first known at the close of 2023-11-16T06:00:00Z" in said
    rows = cells(out)[1:]
    assert {tuple(row[1:]) for row in rows[:31]} == {("", "")}
    assert all(float(cell) >= 0 for row in rows[31:] for cell in row[1:])
    before = out.read_text()
    changed = table.read_text().splitlines()
    row = changed[31].split(",")
    row[6] = str(7.0 * float(row[6]))
    table.write_text("\n".join([*changed[:31], ",".join(row), *changed[32:]]) + "\n")
    told(capsys, "predict", "--bars", table, "--out", out)
    assert out.read_text().splitlines()[:32] == before.splitlines()[:32]
    assert out.read_text() != before


@pytest.mark.parametrize("there", [True, False], ids=["empty", "no column"])
def test_a_table_without_open_interest(capsys: pytest.CaptureFixture[str], table: Path, there: bool) -> None:
    """It is predicted and scored from volume, and stderr says what the amounts are worth; the baseline is left out."""
    known, _ = told(capsys, "skill", "--bars", table, "--boot", "0")
    spoiled(table, 10_000)
    if not there:
        table.write_text("\n".join(",".join(row[:6] + row[7:]) for row in cells(table)) + "\n")
    report, said = told(capsys, "skill", "--bars", table, "--boot", "0")
    assert "no open interest: 0.33 days of volume stand in for it; only proportions mean anything" in said
    assert "wick_open_interest" in known
    assert "wick_open_interest" not in report
    out = table.parent / "out.csv"
    assert "no open interest" in told(capsys, "predict", "--bars", table, "--out", out)[1]
    amounts = np.array([row[1:] for row in cells(out)[1:]], dtype=float)
    assert (amounts >= 0).all()
    assert (amounts.sum(axis=0) > 0).all()


def headline(out: str, name: str) -> list[float]:
    """Return the figure and the ends of its interval as the report has them."""
    line = next(line for line in out.splitlines() if line.startswith(name))
    return [float(number) for number in re.findall(r"[+-]\d\.\d{3}", line)]


@pytest.mark.slow
def test_skill_is_what_the_reference_makes_of_predict(reference_python: str, tmp_path: Path) -> None:
    """With open interest and without, the reference scorer on what `predict` wrote says what `skill` prints."""
    for interest in (True, False):
        assert_like_the_reference(reference_python, interest, tmp_path)


def assert_like_the_reference(python: str, interest: bool, folder: Path) -> None:
    """Assert it of two months of hours, with open interest or without."""
    bars = folder / "bars.csv"
    rows = [line.split(",") for line in (write_hours(folder) / "ETHUSDT.csv").read_text().splitlines()]
    kept = [n for n, name in enumerate(rows[0]) if interest or not name.startswith("oi_")]
    bars.write_text("\n".join(",".join(row[n] for n in kept) for row in rows) + "\n")
    run("predict", "--bars", bars, "--out", folder / "out.csv")
    expected = reference(python, bars, folder / "out.csv")
    out = run("skill", "--bars", bars, "--boot", "60").stdout
    extreme, rank = expected["extreme24h"], expected["diff"]["wick+.25mae"]
    wanted: dict[str, list[Any]] = {
        "H1": [expected["headline"]["dR2"], *expected["headline"]["dR2_ci"]],
        "H2": [rank["dsp"], *rank["dsp_ci"]],
        "EXT": [extreme["d_wick_mae"][0], *extreme["d_wick_mae"][1]],
    }
    for name, figures in wanted.items():
        assert headline(out, name) == pytest.approx(figures, abs=6e-4)
