"""Run the emulator by hand: `python -m tests.emulator --port 0 --now 2024-08-05T06:00Z --source real`."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from tests.emulator.server import Emulator
from tests.emulator.sources import load_truth

AHEAD_HOURS = 24


def main() -> None:
    """Serve until interrupted; print the base URL and one line per exchange."""
    options = _options()
    start = int(options.now.timestamp() * 1000)
    ahead = AHEAD_HOURS if options.live else 0
    truth = load_truth(options.source, start, shift=not options.unshifted, ahead_hours=ahead)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with Emulator(truth, _clock(start) if options.live else start, options.port) as emulator:
        lines = [emulator.base, *(f"{name} {emulator.url(name)}" for name in emulator.venues)]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        stopped.wait()


def _clock(start: int) -> Callable[[], int]:
    """Return a clock that runs on from `start`."""
    began = time.monotonic()
    return lambda: start + int((time.monotonic() - began) * 1000)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--now", type=_moment, default=datetime.now(UTC), help="ISO time of the emulator; default: now")
    parser.add_argument("--source", choices=("auto", "real", "synthetic"), default="auto")
    parser.add_argument("--unshifted", action="store_true", help="leave real hours at their own dates")
    parser.add_argument("--live", action="store_true", help="let time run on; data continue for another day")
    return parser.parse_args()


if __name__ == "__main__":
    main()
