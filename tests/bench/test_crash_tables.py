import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from bench import crash_tables
from tests.support import outside

outside.require("real_hours", __file__)
pytestmark = [pytest.mark.slow, pytest.mark.real_hours]

PAGE = Path(__file__).resolve().parents[2] / "docs/crash-2024-08-05.md"
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:[.:]\d+)*")


@pytest.fixture(scope="module")
def printed() -> str:
    """Return what the script prints."""
    with redirect_stdout(StringIO()) as out:
        crash_tables.main()
    return out.getvalue()


def rows(text: str) -> list[str]:
    """Return the lines of all tables."""
    return [line for line in text.splitlines() if line.startswith("|")]


def test_the_page_shows_what_the_script_prints(printed: str) -> None:
    """Table by table, row by row, to the last digit."""
    assert rows(PAGE.read_text()) == rows(printed)
    titles = re.findall(r"^\*\*.+\*\*$", printed, re.MULTILINE)
    assert re.findall(r"^\*\*.+\*\*$", PAGE.read_text(), re.MULTILINE) == titles
    assert len(titles) > 5


def test_every_figure_in_words_is_in_a_table(printed: str) -> None:
    """Beyond dates and hours the text has no figure that the tables lack."""
    text = re.sub(r"```.*?```|`[^`]*`", "", PAGE.read_text(), flags=re.DOTALL)
    words = re.sub(r"^\|.*$|\(model\.md\)|5 August 2024", "", text, flags=re.MULTILINE)
    found = {number for line in words.splitlines() if not line.startswith("**") for number in NUMBER.findall(line)}
    assert len(found) > 5
    assert found - set(NUMBER.findall(printed)) == set()
    assert "MARK_WICK" in PAGE.read_text()
