"""Exceptions from the rules, each with its reason."""

import re
import tokenize
from pathlib import Path

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


def test_every_exception_has_a_reason() -> None:
    """A line exempt from a rule names the rule and says why, on that line."""
    bare = []
    for path in SOURCES:
        with path.open("rb") as file:
            comments = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
        for comment in comments:
            match = EXCEPTION.search(comment.string)
            if match and not ((match["noqa"] or match["kind"]) and re.search(r"\w{4,}", match["reason"])):
                bare.append(f"{path.relative_to(ROOT)}:{comment.start[0]}: {comment.string}")
    assert bare == []
