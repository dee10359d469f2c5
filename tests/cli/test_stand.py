"""What stood at some moments, as the console writes it."""

import csv
from pathlib import Path

import numpy as np
import pytest

from service.cli.main import main
from service.times import rfc3339
from tests.support.kernel_market import HOUR, random_bars

START = 1_704_067_200_000


def table(folder: Path) -> Path:
    """Write 80 hours as a table and return its path."""
    bars, path = random_bars(2, 80), folder / "IN.csv"
    columns = (
        bars.open,
        bars.high,
        bars.low,
        bars.close,
        1000.0 * (bars.volume + 1.0),
        np.nan_to_num(bars.open_interest, nan=900.0),
    )
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("ts", "o", "h", "l", "c", "v", "oi"))
        writer.writerows(
            (rfc3339(START + int(at)), *row)
            for at, row in zip(bars.time, np.column_stack(columns).tolist(), strict=True)
        )
    return path


def rows(path: Path) -> list[dict[str, str]]:
    """Return a table's rows."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_tables_for_two_moments(tmp_path: Path) -> None:
    """62 cells a side and moment that sum to the open interest, and the lags that the table reaches."""
    bars, out, kept = table(tmp_path), tmp_path / "STAND.csv", tmp_path / "KEPT.csv"
    first, second = rfc3339(START + 50 * HOUR), rfc3339(START + 70 * HOUR + 1)
    options = ["--rule", "hyperliquid", "--max-leverage", "40", "--coin", "BTC", "--kept", str(kept)]
    assert main(["stand", "--bars", str(bars), "--at", f"{first},{second}", "--out", str(out), *options]) == 0
    stood = rows(out)
    assert list(stood[0]) == ["ts", "coin", "side", "cell", "amount"]
    assert {(row["ts"][:19], row["coin"]) for row in stood} == {(first[:19], "BTC"), (second[:19], "BTC")}
    for at, hours in ((first, 50), (second, 70)):
        interest = float(rows(bars)[hours - 1]["oi"])
        for side in ("long", "short"):
            mine = [row for row in stood if row["ts"][:19] == at[:19] and row["side"] == side]
            assert [int(row["cell"]) for row in mine] == [*range(61), -1]
            assert sum(float(row["amount"]) for row in mine) == pytest.approx(interest, rel=1e-6)
    left = rows(kept)
    assert {(row["ts"][:19], int(row["lag_hours"])) for row in left} == {
        *((first[:19], lag) for lag in (6, 12, 24)),
        (second[:19], 6),
    }
    assert all(0.0 < float(row["kept"]) <= 1.0 for row in left)


def test_a_moment_before_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused by its option."""
    bars, out = table(tmp_path), tmp_path / "STAND.csv"
    assert main(["stand", "--bars", str(bars), "--at", rfc3339(START + HOUR), "--out", str(out)]) == 2
    assert "--at 2024-01-01T01:00:00Z: fewer than 2 bars" in capsys.readouterr().err
