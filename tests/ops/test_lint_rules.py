"""Exceptions from the rules, each with its reason."""

import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for part in ("service", "tests", "bench") for path in (ROOT / part).rglob("*.py"))
EXCEPTION = re.compile(
    r"#\s*(?:noqa(?P<noqa>:\s*[A-Z]+[0-9]+(?:[, ]+[A-Z]+[0-9]+)*)?|type:\s*ignore(?P<kind>\[[\w, -]+\])?)(?P<reason>.*)"
)


def test_every_ignored_rule_has_a_reason() -> None:
    """No rule of ruff is switched off in pyproject.toml without a word on why."""
    text = (ROOT / "pyproject.toml").read_text()
    ignored = re.findall(r'^ +"[A-Z]+\d+",(.*)$', text, re.MULTILINE)
    assert len(ignored) > 10
    assert all(re.search(r"#.*\w", comment) for comment in ignored)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_exception_has_a_reason(path: Path) -> None:
    """A line exempt from a rule names the rule and says why, on that line."""
    with path.open("rb") as file:
        comments = [token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
    for comment in comments:
        if match := EXCEPTION.search(comment):
            assert match["noqa"] or match["kind"], comment
            assert re.search(r"\w{4,}", match["reason"]), comment
