import re
from pathlib import Path

import pytest

from bench import reproduce

SCRIPTS = Path(__file__).resolve().parents[2]


def test_it_runs_every_command_of_the_page(tmp_path: Path) -> None:
    """Each command that docs/accuracy.md gives for all tables, on the folder's own, and each script that there is."""
    found = reproduce.commands(tmp_path)
    page = reproduce.PAGE.read_text()
    stated = [options.split() for options in re.findall(r"bench/\w+\.py \$TABLES(.*)", page)]
    tables = [str(tmp_path / f"{symbol}.csv") for symbol in reproduce.SYMBOLS]
    asked = [command for command in found if len(command) > 1]
    assert [command[4:] for command in asked] == [options for options in stated if options != ["--help"]]
    assert all(command[1:4] == tables for command in asked)
    assert ["bench/accuracy_variants.py", *tables, "--only", "served", "--boot", "400"] in asked
    assert all((SCRIPTS / command[0]).is_file() for command in found)


@pytest.mark.parametrize("arguments", [[], ["nowhere"]])
def test_a_folder_that_cannot_be_used_is_said(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """One line that says what it must hold."""
    assert reproduce.main(arguments) == 2
    assert capsys.readouterr().err == "give a folder that holds BTCUSDT.csv, ETHUSDT.csv, SOLUSDT.csv\n"
