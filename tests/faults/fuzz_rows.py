"""The row of the contract: tests/api/test_fuzz.py with more requests, and others by each seed."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.faults.rows import Row

ROOT = Path(__file__).resolve().parents[2]
FUZZ = "tests/api/test_fuzz.py"


def fuzzed(cases: int, seeds: int) -> Row:
    """Ask every operation so often by each seed, whatever the contract allows and does not allow."""
    passed, failed, said = 0, 0, ""
    for seed in range(1, seeds + 1):
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--hypothesis-seed={seed}", FUZZ]
        environment = os.environ | {"FUZZ_CASES": str(cases)}
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        passed, failed = passed + _counted(ran.stdout, "passed"), failed + _counted(ran.stdout, "failed")
        if ran.returncode:
            said = "; " + " ".join(re.findall(r"^(?:FAILED|ERROR) .*", ran.stdout, re.MULTILINE))[:500]
            failed = max(failed, 1)
    figures = (
        f"{passed} of {passed + failed} passed: each operation with {cases} requests of a kind, {seeds} seeds{said}"
    )
    return Row("21", "the contract fuzzed with all checks: no 5xx, no mismatch", figures, passed > 0 and failed == 0)


def _counted(said: str, what: str) -> int:
    found = re.search(rf"(\d+) {what}", said)
    return int(found[1]) if found else 0
