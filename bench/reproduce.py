"""Print every skill figure that README and docs/ state, from a folder of real hours.

Run: python bench/reproduce.py FOLDER     (make reproduce HOURS=FOLDER)

FOLDER holds BTCUSDT.csv, ETHUSDT.csv and SOLUSDT.csv; docs/accuracy.md says which columns and where such hours are
published. The commands are those of docs/accuracy.md, in its order, and after them the scripts whose figures stand in
docs/crash-2024-08-05.md and docs/model.md. It takes some minutes.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/accuracy.md"
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
ON_TABLES = re.compile(r"^\.venv/bin/python (bench/\w+\.py) \$TABLES(.*)$", re.MULTILINE)
# these find the hours by REAL_HOURS themselves
ON_THE_FOLDER = (
    "bench/crash_tables.py",
    "bench/bench_touch_probability.py",
    "bench/cascade_reality.py",
    "bench/bench_zone_stability.py",
)


def commands(folder: Path) -> list[list[str]]:
    """Return every script with its arguments, in the order of the pages."""
    tables = [str(folder / f"{symbol}.csv") for symbol in SYMBOLS]
    found = [[script, *tables, *shlex.split(options)] for script, options in ON_TABLES.findall(PAGE.read_text())]
    return [command for command in found if "--help" not in command] + [[script] for script in ON_THE_FOLDER]


def main(argv: Sequence[str]) -> int:
    """Run them all; return 0, 2 if the folder cannot be used, or the code of the first that fails."""
    folder = Path(argv[0]).resolve() if argv else None
    if folder is None or not all((folder / f"{symbol}.csv").is_file() for symbol in SYMBOLS):
        sys.stderr.write(f"give a folder that holds {', '.join(f'{symbol}.csv' for symbol in SYMBOLS)}\n")
        return 2
    for command in commands(folder):
        shown = shlex.join(word.replace(f"{folder}/", "") for word in command)
        print(f"\n## {shown}\n", flush=True)
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=os.environ | {"REAL_HOURS": str(folder)}, check=False
        )
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
