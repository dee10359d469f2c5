"""Run every row, or those named, and print the table; `python -m tests.faults --help` says how."""

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Mapping

from tests.faults.edge_rows import EDGE
from tests.faults.fleet_rows import FLEET
from tests.faults.flood_rows import FLOODS
from tests.faults.fuzz_rows import fuzzed
from tests.faults.garbage_rows import GARBAGE
from tests.faults.replica_rows import REPLICA
from tests.faults.rows import WHOLE, Row
from tests.faults.soak_rows import soak

# All rows together, the last of which, the soak, has what is left; and what it has at least.
WHOLE_SECONDS, LEAST_SOAK = 1170.0, 60.0


def main() -> int:
    """Print each row as it ends; return how many do not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--soak", type=float, default=300.0, help="seconds of random faults (300)")
    parser.add_argument(
        "--cases", type=int, default=25, help="requests that each operation is fuzzed with, a seed (25)"
    )
    parser.add_argument("--seeds", type=int, default=1, help="seeds that it is fuzzed with (1)")
    parser.add_argument("names", nargs="*", help="rows to run; all without")
    asked, begun = parser.parse_args(), time.monotonic()
    rows: dict[str, Callable[[], Row]] = WHOLE | FLEET | REPLICA | EDGE | FLOODS | GARBAGE
    rows |= {
        "fuzzed": lambda: fuzzed(asked.cases, asked.seeds),
        "soak": lambda: soak(min(asked.soak, max(LEAST_SOAK, begun + WHOLE_SECONDS - time.monotonic()))),
    }
    unknown = sorted(set(asked.names) - rows.keys())
    if unknown:
        parser.error(f"{', '.join(unknown)}; any of {', '.join(rows)}")
    return printed({name: rows[name] for name in asked.names or rows})


def printed(rows: Mapping[str, Callable[[], Row]]) -> int:
    """Print each row as it ends, one that breaks off as well; return how many do not hold."""
    broken = 0
    for name, measure in rows.items():
        try:
            row = measure()
        except Exception as error:  # noqa: BLE001 - the other rows are printed all the same
            traceback.print_exc()
            row = Row("?", name, f"broke off: {type(error).__name__}: {error}".splitlines()[0], holds=False)
        broken += not row.holds
        sys.stdout.write(
            f"| {row.number} | {row.promise} | {row.figures} | {'holds' if row.holds else '**misses**'} |\n"
        )
        sys.stdout.flush()
    return broken


if __name__ == "__main__":
    sys.exit(main())
