"""The reference scorer, run in an interpreter of its own."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.support.real_hours import REFERENCE

RESAMPLES = 60


def reference(python: str, bars: Path, predictions: Path, *options: str) -> dict[str, Any]:
    """Run the reference scorer and return its figures."""
    answer = predictions.with_suffix(".json")
    command = [python, str(REFERENCE), str(bars), str(predictions), "--boot", str(RESAMPLES), "--json", str(answer)]
    subprocess.run([*command, *options], check=True, capture_output=True, timeout=100)
    figures: dict[str, Any] = json.loads(answer.read_text())
    return figures
