"""Predictions come out as the scorer reads them."""

from pathlib import Path

import numpy as np
import pytest

from service.cli.table.bars import read_table
from service.cli.table.predictions import write_predictions
from service.heatmap import BySide
from tests.support.walk_table import text_of, walk, write


def test_predictions_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One row a bar, times in UTC, amounts with nine digits, lines as on any system."""
    bars = read_table(write(tmp_path / "bars.csv", text_of(walk(2)))).bars
    out = tmp_path / "out.csv"
    write_predictions(out, bars, "swept", BySide(np.array([1.0, 2 / 3]), np.array([0.0, 1e-12])))
    assert out.read_bytes() == (
        b"ts,swept_long,swept_short\n2025-01-01T00:00:00Z,1,0\n2025-01-01T01:00:00Z,0.666666667,1e-12\n"
    )
    write_predictions(out, bars, "swept", BySide(np.array([np.nan, 2.0]), np.array([np.nan, 0.0])))
    assert out.read_text().splitlines()[1:] == ["2025-01-01T00:00:00Z,,", "2025-01-01T01:00:00Z,2,0"]
    write_predictions(Path("-"), bars, "heat", BySide(np.array([1.0, 2.0]), np.array([3.0, 4.0])))
    assert capsys.readouterr().out.splitlines() == [
        "ts,heat_long,heat_short",
        "2025-01-01T00:00:00Z,1,3",
        "2025-01-01T01:00:00Z,2,4",
    ]
