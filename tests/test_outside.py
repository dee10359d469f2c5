"""In a clone with nothing beside it few tests are skipped, each in a line that says why, and none is left out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import outside

ROOT = Path(__file__).resolve().parents[1]
MOST_SKIPPED = 24
# Collects all tests where nothing is found, and tells of those that would not run.
ALONE = """
import dataclasses, json, sys
import pytest
from tests.support import outside

outside.NEEDS = {
    name: dataclasses.replace(need, find=lambda: None, in_ci=False) for name, need in outside.NEEDS.items()
}

class Skipped:
    def __init__(self):
        self.reasons, self.deselected, self.collected = [], 0, 0

    def pytest_collectreport(self, report):
        if report.skipped:
            self.reasons.append(report.longrepr[2])

    def pytest_deselected(self, items):
        self.deselected += len(items)

    def pytest_collection_finish(self, session):
        self.collected = len(session.items)
        for item in session.items:
            self.reasons += [mark.kwargs["reason"] for mark in item.iter_markers("skip")]

told = Skipped()
code = pytest.main(["--collect-only", "-qq", "-p", "no:xdist", "-p", "no:cacheprovider"], plugins=[told])
print("\\n" + json.dumps({"code": code, **vars(told)}))
"""


@pytest.mark.slow
def test_a_strangers_clone_skips_few_and_says_which() -> None:
    """Without helm, browser, real hours and what else lies beside: at most 24 skips, and nothing deselected."""
    command = [sys.executable, "-c", ALONE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=280)
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["code"], told["deselected"]) == (0, 0)
    assert told["collected"] > 1000
    assert len(told["reasons"]) <= MOST_SKIPPED, "\n".join(told["reasons"])
    hows = tuple(need.how for need in outside.NEEDS.values())
    assert all(any(how in reason for how in hows) for reason in told["reasons"])
    assert all(any(how in reason for reason in told["reasons"]) for how in hows), "a need that nothing needs"


def test_a_file_that_cannot_run_says_how_many_tests_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line counts them, and says how to get what is missing; where it is there, the file runs."""
    file = tmp_path / "test_it.py"
    file.write_text("def test_one(): ...\ndef test_two(): ...\ndef other(): ...\n")
    monkeypatch.setitem(outside.NEEDS, "helm", outside.Need(lambda: "/bin/helm", "get it so"))
    outside.require("helm", str(file))
    monkeypatch.setitem(outside.NEEDS, "helm", outside.Need(lambda: None, "get it so"))
    with pytest.raises(pytest.skip.Exception, match=r"^get it so \(2 test functions\)$"):
        outside.require("helm", str(file))


def test_in_ci_what_must_be_there_is_never_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """There a missing helm or browser fails its tests."""
    need = outside.Need(lambda: None, "get it so", in_ci=True)
    monkeypatch.setenv("CI", "false")
    assert need.missing()
    monkeypatch.setenv("CI", "true")
    assert not need.missing()
    assert {"helm", "nginx", "browser"} <= {name for name, each in outside.NEEDS.items() if each.in_ci}
