"""The tables that users reported, kept beside the repository: each gives what is right, or says what is wrong."""

import csv
from pathlib import Path

import pytest

from service.cli import main as cli
from tests.support import outside

outside.require("reported", __file__)
# Of model 2.1, as it printed them; model 1 came to 53634.65 and 51564.00.
REFERENCE = (35963.177, 33303.557)


@pytest.fixture
def reported() -> Path:
    """Return the folder of tables."""
    found = outside.reported_tables()
    assert found is not None
    return Path(found)


def predicted(table: Path, folder: Path) -> tuple[list[str], tuple[float, float]]:
    """Return the times of the rows that are written for a table, and the sum of either side."""
    out = folder / "out.csv"
    assert cli.main(["predict", "--bars", str(table), "--out", str(out)]) == 0
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    long, short = (sum(float(row[side] or 0) for row in rows) for side in ("swept_long", "swept_short"))
    return [row["ts"] for row in rows], (long, short)


@pytest.mark.parametrize(
    ("name", "sums", "tolerance"),
    [
        ("ref.csv", REFERENCE, 1e-6),
        ("oi-binance.csv", REFERENCE, 1e-6),
        ("open-below-low.csv", REFERENCE, 1e-4),
        ("oi-zero-rows.csv", (35944.721, 33329.683), 1e-6),
    ],
)
def test_the_sums(reported: Path, tmp_path: Path, name: str, sums: tuple[float, float], tolerance: float) -> None:
    """What is swept over all hours."""
    assert predicted(reported / name, tmp_path)[1] == pytest.approx(sums, rel=tolerance)


@pytest.mark.parametrize("name", ["excel-de.csv", "ts-us.csv", "two-time-columns.csv"])
def test_the_same_hours(reported: Path, tmp_path: Path, name: str) -> None:
    """The first 60 hours of the clean table, written in other ways: the same instants, the same amounts."""
    clean = tmp_path / "clean.csv"
    clean.write_text("\n".join((reported / "ref.csv").read_text().splitlines()[:61]) + "\n")
    assert predicted(reported / name, tmp_path) == predicted(clean, tmp_path)


@pytest.mark.parametrize(("name", "rows", "first"), [
    ("cdd.csv", 59, "2025-01-18T13:00:00Z"),
    ("vision-noheader-ms.csv", 61, "2025-01-01T00:00:00Z"),
])  # fmt: skip
def test_klines(
    reported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, rows: int, first: str
) -> None:
    """Read without open interest, which is said."""
    times, _ = predicted(reported / name, tmp_path)
    assert (len(times), times[0]) == (rows, first)
    assert "no open interest" in capsys.readouterr().err


def test_hours_that_are_missing(reported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """36 of them, and where."""
    predicted(reported / "gap-36h.csv", tmp_path)
    assert "36 bars are missing, 36 hours in all: 36 hours before row 202" in capsys.readouterr().err


def test_open_interest_in_usd(reported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused, with what to do."""
    arguments = ["predict", "--bars", str(reported / "oi-usd.csv"), "--out", str(tmp_path / "out.csv")]
    assert cli.main(arguments) == 2
    assert "in 479 of 479 bars" in capsys.readouterr().err
