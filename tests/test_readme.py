"""README: what it shows is what happens."""

import re

import pytest

from tests.support.readme import BLOCK, NOW, README, client, commands, ran

TEXT = README.read_text()
BLOCKS = BLOCK.findall(TEXT)


def test_there_are_ten_lines_to_try() -> None:
    """And each is one that the tests below can run."""
    assert sum(len(commands(block)) for block in BLOCKS) >= 10


@pytest.mark.parametrize("days", [0, 40])
@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_lines_print_what_is_shown(block: str, days: int) -> None:
    """To the last digit, whenever they are run; `python -m tests.support.readme` writes what they print today."""
    assert ran(block, client(NOW + days * 86_400)) == block


def test_the_zone_that_is_read_aloud_is_the_first_that_is_asked_for() -> None:
    """Its core, its dollars, its way and its chance are those of the first line's answer."""
    zone = client().get("/v1/zones?exchange=sim&symbol=BTC&as_of=2026-09-01T00:00:00Z").get_json()["hot"][0]
    core = f"{zone['core']['low']:,.0f} \N{EN DASH} {zone['core']['high']:,.0f}"
    dollars, way = f"${zone['notional'] / 1e6:.1f}M", f"{zone['distance_pct']:.2f} % away"
    chance = f"{100 * zone['touch_probability']['h24']:.0f} % in 24 h"
    assert f"**H1 {core} · {zone['side']}s above · {dollars} · {way} · {chance}**" in TEXT


def test_figures_of_skill_stand_in_the_page_on_accuracy() -> None:
    """Every interval that the README states is one of docs/accuracy.md."""
    page = (README.parent / "docs/accuracy.md").read_text()
    intervals = re.findall(r"\[[-+.\d]+, [-+.\d]+\]", TEXT)
    assert intervals
    assert [interval for interval in intervals if interval not in page] == []


def test_pictures_and_pages_are_there() -> None:
    """No link of the README leads nowhere."""
    linked = re.findall(r"\]\((?!https?:)([^)#]+)", TEXT)
    assert [path for path in linked if not (README.parent / path).exists()] == []
