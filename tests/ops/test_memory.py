"""Heaps of the C library, counted where it tells: in a process of its own, for it holds for all of it."""

import subprocess
import sys

import pytest

# Threads that each take memory at the same time, and then how many heaps there are.
PROGRAM = """
import ctypes, re, sys, threading
from service.ops.memory import bound_arenas
done = bound_arenas(2)
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
barrier = threading.Barrier(16)
def take():
    barrier.wait(60)
    for _ in range(100):
        assert libc.malloc(5000)
    barrier.wait(60)
threads = [threading.Thread(target=take) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc.fopen.restype, libc.fopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_char_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]
said = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, said)
libc.fclose(said)
print(done, len(re.findall("<heap nr", open(sys.argv[1]).read())))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="heaps by thread are glibc's")
def test_threads_share_two_heaps(tmp_path: object) -> None:
    """However many threads there are."""
    assert counted(tmp_path) == ("True", 2)


def test_an_operators_choice_stands(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """MALLOC_ARENA_MAX is glibc's own variable."""
    monkeypatch.setenv("MALLOC_ARENA_MAX", "1")
    assert counted(tmp_path) == ("False", 1)


def counted(tmp_path: object) -> tuple[str, int]:
    """Return whether it was done, and how many heaps there were."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, f"{tmp_path}/heaps"], capture_output=True, text=True, check=True
    )
    done, heaps = ran.stdout.split()
    return done, int(heaps)
