"""The pages say where things are: what they name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOPS = ("service", "tests", "bench")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FILES = [
    f"/{path.relative_to(ROOT)}"
    for path in (*ROOT.glob("*.py"), *(p for top in TOPS for p in ROOT.glob(f"{top}/**/*.py")))
]


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=lambda page: page.name)
def test_every_module_that_a_page_names_is_there(page: Path) -> None:
    """A module is named by its file's name or by a path that ends with it."""
    named = set(re.findall(r"`([\w/.-]+\.py)`", page.read_text()))
    assert [name for name in sorted(named) if not any(path.endswith(f"/{name}") for path in FILES)] == []
