"""Run every row, or those named, and print the table: `python -m tests.faults [name ..]`."""

import sys

from tests.faults.edge_rows import EDGE
from tests.faults.fleet_rows import FLEET
from tests.faults.flood_rows import FLOODS
from tests.faults.garbage_rows import GARBAGE
from tests.faults.rows import WHOLE
from tests.faults.soak_rows import SOAK


def main() -> int:
    """Print each row as it ends; return how many do not hold."""
    broken = 0
    rows = WHOLE | FLEET | EDGE | FLOODS | GARBAGE | SOAK
    for name in sys.argv[1:] or rows:
        row = rows[name]()
        broken += not row.holds
        sys.stdout.write(
            f"| {row.number} | {row.promise} | {row.figures} | {'holds' if row.holds else '**misses**'} |\n"
        )
        sys.stdout.flush()
    return broken


if __name__ == "__main__":
    sys.exit(main())
