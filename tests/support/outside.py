"""What some tests need from outside the repository, and what is left out where it is not there.

Tests on real hours are skipped one by one. Of a file's tests that need another thing one is skipped, and its reason
says for how many it stands; the others are deselected. In CI helm and a browser must be there.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.emulator.sources import SHARED
from tests.support import real_hours

ROOT = Path(__file__).resolve().parents[2]


def helm() -> str | None:
    """Return the path of helm: the one that `npm ci` puts here, or any on PATH."""
    local = ROOT / "node_modules/.bin/helm"
    return str(local) if local.exists() else shutil.which("helm")


def chromium() -> str | None:
    """Return the path of a browser."""
    return shutil.which("chromium")


def nginx() -> str | None:
    """Return the path of nginx, which stands before the service in every pod."""
    return shutil.which("nginx")


def reference_python() -> str | None:
    """Return a Python that can run the reference scorer, where both are there.

    LH_SKILL_PYTHON names one with pandas and scipy; else it is the one that `make skill-env` makes.
    """
    made = ROOT / ".skill-venv/bin/python"
    found = os.environ.get("LH_SKILL_PYTHON") or (str(made) if made.exists() else None)
    return found if real_hours.REFERENCE.is_file() else None


def reported_tables() -> str | None:
    """Return the folder of tables that users reported."""
    folder = SHARED / "cases" / "tables"
    return str(folder) if folder.is_dir() else None


@dataclass(frozen=True)
class Need:
    """Something that a fixture gives: how it is found, what to do where it is not, and whether CI must have it."""

    find: Callable[[], str | None]
    how: str
    in_ci: bool = False


# by fixture
NEEDS = {
    "helm": Need(helm, "no helm: run npm ci", in_ci=True),
    "nginx": Need(nginx, "no nginx on PATH", in_ci=True),
    "browser": Need(chromium, "no chromium on PATH", in_ci=True),
    "reference_python": Need(reference_python, "needs the reference scorer beside the repository and `make skill-env`"),
    "reported": Need(reported_tables, "needs the tables of ../shared/cases"),
}


def leave_out(items: list[pytest.Item]) -> Sequence[pytest.Item]:
    """Mark what cannot run as skipped, take out of `items` what one skipped test stands for, and return it."""
    if not real_hours.there():
        for item in items:
            if item.get_closest_marker("real_hours"):
                item.add_marker(pytest.mark.skip(reason=real_hours.HOW))
    left_out: list[pytest.Item] = []
    for fixture, need in NEEDS.items():
        if need.find() is None and not (need.in_ci and os.environ.get("CI") == "true"):
            asking = [item for item in items if fixture in getattr(item, "fixturenames", ())]
            left_out += _one_skip_a_file(asking, need.how)
    items[:] = [item for item in items if item not in left_out]
    return left_out


def _one_skip_a_file(items: Sequence[pytest.Item], how: str) -> Sequence[pytest.Item]:
    """Skip the first of each file's items, and return the others."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    for first, *others in files.values():
        first.add_marker(pytest.mark.skip(reason=f"{how} ({1 + len(others)} tests of this file need it)"))
    return [item for _, *others in files.values() for item in others]
