"""What some tests need from outside the repository, and how they are skipped where it is not there.

A file whose tests all need one thing calls `require` at its top and is skipped as a whole, in one line that says how
many tests it holds. A single test is skipped by itself: for its fixture, or for its mark `real_hours`. Nothing is left
out of the count in any other way. In CI helm and a browser must be there.
"""

import ast
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.emulator.sources import REAL_HOURS, SHARED
from tests.support import real_hours

ROOT = Path(__file__).resolve().parents[2]


def helm() -> str | None:
    """Return the path of helm: the one that `npm ci` puts here, or any on PATH."""
    local = ROOT / "node_modules/.bin/helm"
    return str(local) if local.exists() else shutil.which("helm")


def chromium() -> str | None:
    """Return the path of a browser."""
    return shutil.which("chromium")


def axe() -> str | None:
    """Return the path of axe-core, which `npm ci` puts here: it finds what keeps people from using a page."""
    local = ROOT / "node_modules/axe-core/axe.min.js"
    return str(local) if local.exists() else None


def helm4() -> str | None:
    """Return where helm 4 is, a library of Python."""
    found = importlib.util.find_spec("helm_python")
    return found.origin if found else None


def nginx() -> str | None:
    """Return the path of nginx, which stands before the service in every pod."""
    return shutil.which("nginx")


def promtool() -> str | None:
    """Return the path of promtool, which judges rules as Prometheus does and comes with it."""
    return shutil.which("promtool")


def prometheus() -> str | None:
    """Return the path of a Prometheus."""
    return shutil.which("prometheus")


def reference_python() -> str | None:
    """Return a Python that can run the reference scorer, where both are there.

    LH_SKILL_PYTHON names one with pandas and scipy; else it is the one that `make skill-env` makes.
    """
    made = ROOT / ".skill-venv/bin/python"
    found = os.environ.get("LH_SKILL_PYTHON") or (str(made) if made.exists() else None)
    return found if real_hours.REFERENCE.is_file() else None


def hours() -> str | None:
    """Return the folder of real hours."""
    return str(REAL_HOURS) if real_hours.there() else None


def reported_tables() -> str | None:
    """Return the folder of tables that users reported."""
    folder = SHARED / "cases" / "tables"
    return str(folder) if folder.is_dir() else None


@dataclass(frozen=True)
class Need:
    """Something that tests need: how it is found, how to get it, and whether CI must have it."""

    find: Callable[[], str | None]
    how: str
    in_ci: bool = False

    def missing(self) -> bool:
        """Return whether tests that need it are skipped."""
        return self.find() is None and not (self.in_ci and os.environ.get("CI") == "true")


# By the fixture that gives it, or the mark of tests that need it.
NEEDS = {
    "helm": Need(helm, "no helm: run npm ci", in_ci=True),
    "helm4": Need(helm4, "no helm 4: run make chart-env", in_ci=True),
    "nginx": Need(nginx, "no nginx on PATH", in_ci=True),
    "promtool": Need(promtool, "no promtool on PATH: install prometheus", in_ci=True),
    "prometheus": Need(prometheus, "no prometheus on PATH", in_ci=True),
    "axe": Need(axe, "no axe-core: run npm ci", in_ci=True),
    "browser": Need(chromium, "no chromium on PATH", in_ci=True),
    "reference_python": Need(reference_python, "needs the reference scorer beside the repository and `make skill-env`"),
    "reported": Need(reported_tables, "needs the tables of ../shared/cases"),
    "real_hours": Need(hours, real_hours.HOW),
}


def require(name: str, file: str) -> None:
    """Skip the whole of a test file, of which every test needs that thing, where it is missing."""
    need = NEEDS[name]
    if need.missing():
        pytest.skip(f"{need.how} ({_tests_in(Path(file))} test functions)", allow_module_level=True)


def skip_alone(items: Iterable[pytest.Item]) -> None:
    """Mark as skipped each item that needs what is missing."""
    missing = {name: need for name, need in NEEDS.items() if need.missing()}
    for item in items:
        for name, need in missing.items():
            if name in getattr(item, "fixturenames", ()) or item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=need.how))


def _tests_in(file: Path) -> int:
    functions = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef))
    return sum(function.name.startswith("test_") for function in functions)
