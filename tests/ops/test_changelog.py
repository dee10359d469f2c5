"""The changelog knows the version, and is in the order that its readers expect."""

import re
import tomllib
from pathlib import Path

SECTIONS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


def test_every_release_has_its_entry(root: Path) -> None:
    """What is not released yet stands first, and then the version of pyproject.toml with its date."""
    heads = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", (root / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert heads[0] == ("Unreleased", "")
    assert heads[1][0] == tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert all(date for _, date in heads[1:])
    assert heads[1:] == sorted(heads[1:], key=lambda head: head[1], reverse=True)


def test_entries_are_sorted_by_kind(root: Path) -> None:
    """Each under one of the six headings of Keep a Changelog."""
    kinds = re.findall(r"^### (.+)$", (root / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert kinds
    assert set(kinds) <= set(SECTIONS)
