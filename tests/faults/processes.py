"""The processes of a server: what they take in all."""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Size:
    """What the server's processes take: MB that are theirs, threads, open files."""

    megabytes: float
    threads: int
    files: int


def size_of(base: str) -> Size:
    """Return what the processes take that serve at that URL; pages that they share count once (PSS)."""
    megabytes, threads, files = 0.0, 0, 0
    for process in _processes(urlsplit(base).port or 0):
        # One that ends meanwhile takes nothing.
        with suppress(OSError):
            rollup = (process / "smaps_rollup").read_text()
            megabytes += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
            threads += len(list((process / "task").iterdir()))
            files += len(list((process / "fd").iterdir()))
    return Size(megabytes, threads, files)


def pin(base: str, processors: Collection[int]) -> None:
    """Let the server at that URL run on these processors alone."""
    for process in _processes(urlsplit(base).port or 0):
        for thread in (process / "task").iterdir():
            with suppress(OSError):
                os.sched_setaffinity(int(thread.name), processors)


def _processes(port: int) -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f":{port}\0".encode() in (process / "cmdline").read_bytes():
                yield process
