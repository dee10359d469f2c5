"""The directory in which the processes of a server write metrics: empty at its start, tidy as workers come and go.

prometheus_client gives each process files of its own there, and leaves those of counters behind when it ends, for a sum
may not fall. A server whose workers are replaced every hour would gather them for ever, so they are folded into one.
"""

import os
import stat
import threading
from contextlib import suppress
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import mark_process_dead

# What takes part in a sum after its process has ended; most gauges do not.
SUMMED = ("counter", "histogram")
# Gauges of which the newest value holds, whoever set it.
NEWEST = "gauge_mostrecent"
# In place of a process's number in the name of the file that holds what ended processes have counted.
ENDED = "ended"


class UnsafeDirectory(Exception):
    """What stands where the directory should be is not this user's own."""


def make_empty(directory: Path) -> None:
    """Make the directory, for this user alone, or empty it of an earlier server's metrics; raises UnsafeDirectory."""
    with suppress(FileExistsError):
        directory.mkdir(mode=0o700, parents=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise UnsafeDirectory(f"{directory} is no directory of this user's: metrics cannot be kept there")
    for file in directory.glob("*.db"):
        file.unlink()


class MetricsDirectory:
    """The files of a running server; `lock` is held by whoever reads or folds them."""

    def __init__(self, path: Path) -> None:
        """Take a directory that is there."""
        self.path, self.lock = path, threading.Lock()

    def forget(self, pid: int) -> None:
        """Drop the gauges of a process that has ended; fold what it counted and last learned into files of all such."""
        with self.lock:
            mark_process_dead(pid, str(self.path))
            for kind in SUMMED:
                own = self.path / f"{kind}_{pid}.db"
                if own.exists():
                    _add(own, self.path / f"{kind}_{ENDED}.db")
                    own.unlink()
            learned = self.path / f"{NEWEST}_{pid}.db"
            if learned.exists():
                _keep_newest(learned, self.path / f"{NEWEST}_{ENDED}.db")
                learned.unlink()


def _add(file: Path, total: Path) -> None:
    sums = MmapedDict(str(total))
    try:
        for key, value, _, _ in MmapedDict.read_all_values_from_file(str(file)):
            sums.write_value(key, sums.read_value(key)[0] + value, 0.0)
    finally:
        sums.close()


def _keep_newest(file: Path, total: Path) -> None:
    kept = MmapedDict(str(total))
    try:
        for key, value, timestamp, _ in MmapedDict.read_all_values_from_file(str(file)):
            if timestamp > kept.read_value(key)[1]:
                kept.write_value(key, value, timestamp)
    finally:
        kept.close()
