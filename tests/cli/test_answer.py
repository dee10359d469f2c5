"""The map of one's own table: what the service answers about it, as JSON or as rows."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from service.cli import main as cli
from tests.support.walk_table import HEADER, HOUR, T0, text_of, walk, with_column, write

RESOURCES = ("heatmap", "zones", "profile")
ROWS = walk(480)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a table of 480 hours."""
    return write(tmp_path / "bars.csv", text_of(ROWS))


def asked(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Return what a command prints, which must succeed."""
    assert cli.main([*map(str, arguments)]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Return the one line that a command ends with."""
    assert cli.main([*map(str, arguments)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_answer_is_of_the_table(capsys: pytest.CaptureFixture[str], table: Path, resource: str) -> None:
    """As of its last close, at its last price, in the coin that was named; the same bytes every time."""
    said = asked(capsys, resource, "--bars", table, "--coin", "BTC")
    body = json.loads(said)
    assert body["as_of"] == "2025-01-21T00:00:00Z"
    assert body["price"] == float(ROWS[-1][4])
    assert (body["exchange"], body["unit"], body["timeframe"]) == ("table", "BTC", "1h")
    assert body["sources"][0]["open_interest_usd"] == pytest.approx(float(ROWS[-1][6]) * float(ROWS[-1][4]), abs=0.01)
    assert body["coverage"]["open_interest_share"] == 1.0
    assert said == asked(capsys, resource, "--bars", table, "--coin", "BTC")


def test_amounts_add_up_to_the_tables_open_interest(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    """The map of a table is as conserved as any other."""
    account = json.loads(asked(capsys, "heatmap", "--bars", table))["accounting"]["long"]
    parts = account["in_grid"] + account["outside_grid"] + account["unlevered"]
    assert parts == pytest.approx(float(ROWS[-1][6]), rel=1e-9)


@pytest.mark.parametrize("resource", RESOURCES)
def test_parameters_are_those_of_the_path(capsys: pytest.CaptureFixture[str], table: Path, resource: str) -> None:
    """They change the answer; what the path refuses is refused with its own words."""
    narrow = json.loads(asked(capsys, resource, "--bars", table, "range_pct=5", "mix=degen"))
    assert narrow["assumptions"]["mix"]["name"] == "degen"
    assert narrow != json.loads(asked(capsys, resource, "--bars", table))
    assert refused(capsys, resource, "--bars", table, "range_pct=500").startswith("range_pct: ")
    assert refused(capsys, resource, "--bars", table, "colour=red").startswith("colour: Unknown parameter; allowed: ")


@pytest.mark.parametrize("parameter", ["exchange=binance", "symbol=ETH", "timeframe=4h", "range_pct"])
def test_what_is_no_parameter(capsys: pytest.CaptureFixture[str], table: Path, parameter: str) -> None:
    """The table decides the market and the length of a bar."""
    assert refused(capsys, "zones", "--bars", table, parameter).startswith(f"{parameter}: ")


def rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV text."""
    return list(csv.DictReader(io.StringIO(text)))


def test_cells_as_rows(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    """A row for each cell in which something stands, with the amounts of the JSON."""
    grid = json.loads(asked(capsys, "heatmap", "--bars", table))["grid"]
    cells = rows(asked(capsys, "heatmap", "--bars", table, "--format", "csv"))
    assert [*cells[0]] == ["ts", "low", "high", "long", "short"]
    assert len({cell["ts"] for cell in cells}) == len(grid["time"])
    for side in ("long", "short"):
        assert sum(float(cell[side]) for cell in cells) == sum(map(sum, grid[side]))
    assert {float(cell["low"]) for cell in cells} <= set(grid["edges"])


def test_bins_as_rows(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    """A row for each bin of the profile."""
    body = json.loads(asked(capsys, "profile", "--bars", table))
    bins = rows(asked(capsys, "profile", "--bars", table, "--format", "csv"))
    assert [float(row["long_cumulative"]) for row in bins] == body["long"]["cumulative"]
    assert [float(row["high"]) for row in bins] == body["edges"][1:]


def test_zones_as_rows(capsys: pytest.CaptureFixture[str], table: Path, tmp_path: Path) -> None:
    """A row for each zone, in a file as on standard output; `predict` reads no such table, and says so."""
    body: dict[str, Any] = json.loads(asked(capsys, "zones", "--bars", table))
    found = rows(asked(capsys, "zones", "--bars", table, "--format", "csv"))
    zones = [("hot", zone) for zone in body["hot"]] + [("cold", zone) for zone in body["cold"]]
    assert [(row["kind"], row["id"], float(row["low"])) for row in found] == [(k, z["id"], z["low"]) for k, z in zones]
    out = tmp_path / "zones.csv"
    assert asked(capsys, "zones", "--bars", table, "--format", "csv", "--out", out) == ""
    assert rows(out.read_text()) == found
    assert "no column ts" in refused(capsys, "predict", "--bars", out, "--out", "-")


def test_segments_are_no_rows(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    """CSV is of cells; a file that could not be written is not begun."""
    out = table.parent / "out.csv"
    said = refused(capsys, "heatmap", "--bars", table, "--format", "csv", "--out", out, "encoding=segments")
    assert "encoding=dense" in said
    assert not out.exists()


def test_warnings_of_the_table_are_in_the_answer(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Without open interest volume stands in; the answer says so as stderr does."""
    bare = write(tmp_path / "bare.csv", text_of([row[:6] for row in ROWS], HEADER[:6]))
    assert cli.main(["heatmap", "--bars", str(bare)]) == 0
    printed = capsys.readouterr()
    warning = json.loads(printed.out)["warnings"][0]
    assert "days of volume stand in for it; only proportions mean anything" in warning
    assert printed.err == f"{bare}: {warning}\n"


def test_bars_that_are_missing_are_in_the_answer(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """As of any exchange, with the row of the file beside it."""
    holed = write(tmp_path / "holed.csv", text_of(ROWS[:400] + ROWS[412:]))
    body = json.loads(asked(capsys, "zones", "--bars", holed))
    assert body["coverage"]["gaps"] == 12
    assert "12 bars are missing, 12 hours in all: 12 hours before row 402 (2025-01-18T04:00:00Z)" in body["warnings"]


def test_bars_of_no_timeframe(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Maps are made of the timeframes that exchanges have."""
    odd = write(tmp_path / "odd.csv", text_of([[str(T0 + 2 * HOUR * n), *row[1:]] for n, row in enumerate(ROWS)]))
    assert "bars are 2 hours long; maps are made of 5m, 15m" in refused(capsys, "heatmap", "--bars", odd)


def test_bars_that_a_clock_stamped_are_on_the_grid(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Rows a few seconds off are those of their hour."""
    late = write(tmp_path / "late.csv", text_of(with_column(ROWS, 0, lambda text: str(int(text) + 3000))))
    body = json.loads(asked(capsys, "heatmap", "--bars", late))
    assert (body["as_of"], body["coverage"]["gaps"]) == ("2025-01-21T00:00:00Z", 0)


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_table_is_not_overwritten(capsys: pytest.CaptureFixture[str], table: Path, resource: str) -> None:
    """Nor by an answer about it."""
    assert "--out is the table" in refused(capsys, resource, "--bars", table, "--out", table)


def test_too_few_bars(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Three bars are a map of one column, and the answer says how little that is."""
    short = write(tmp_path / "short.csv", text_of(ROWS[:3]))
    body = json.loads(asked(capsys, "profile", "--bars", short))
    assert body["coverage"]["bars"] == 3
    assert body["data_quality"]["value"] < 0.4


@pytest.mark.parametrize("resource", ["heatmap", "zones"])
def test_a_table_is_drawn(capsys: pytest.CaptureFixture[str], table: Path, tmp_path: Path, resource: str) -> None:
    """Into the file that was named, with the picture's own parameters; the same bytes every time, nothing printed."""
    pictures = []
    for name in ("one.png", "two.png"):
        out = tmp_path / name
        assert asked(capsys, resource, "--bars", table, "--png", out, "size=640x400", "lookback=5d") == ""
        pictures.append(out.read_bytes())
    assert pictures[0] == pictures[1]
    assert pictures[0].startswith(b"\x89PNG")
    assert (int.from_bytes(pictures[0][16:20]), int.from_bytes(pictures[0][20:24])) == (640, 400)


def test_a_picture_has_its_own_parameters(capsys: pytest.CaptureFixture[str], table: Path, tmp_path: Path) -> None:
    """What only the JSON answer takes is refused by name."""
    said = refused(capsys, "heatmap", "--bars", table, "--png", tmp_path / "x.png", "split=true")
    assert said.startswith("split:")
    assert not (tmp_path / "x.png").exists()
