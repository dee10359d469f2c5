"""The wheel, built as anyone builds it: what is in it, and what it is built with."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from service.heatmap.base import compiled

LIBRARY = "service/heatmap/base/libkernel"


def build(root: Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Build the wheel into a folder; nothing is downloaded."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    return subprocess.run(command, cwd=root, env=os.environ | environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    done = build(root, folder)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_one_wheel_serves_every_python(wheel: Path) -> None:
    """The compiled loop knows nothing of Python, only of the machine."""
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    assert wheel.stem.endswith(f"-py3-none-{platform}")


def test_it_holds_the_library_and_not_its_source(wheel: Path) -> None:
    """What runs is in the wheel, what it was compiled from is not."""
    names = zipfile.ZipFile(wheel).namelist()
    assert len([name for name in names if name.startswith(f"{LIBRARY}.")]) == 1
    assert not [name for name in names if name.endswith((".c", ".h"))]


def test_the_library_in_it_loads(wheel: Path, tmp_path: Path) -> None:
    """It is for this machine, and takes the argument that the code gives it."""
    found = zipfile.ZipFile(wheel)
    (name,) = (name for name in found.namelist() if name.startswith(f"{LIBRARY}."))
    (tmp_path / Path(name).name).write_bytes(found.read(name))
    assert compiled.library(str(tmp_path)) is not None


@pytest.mark.skipif(find_spec("ziglang") is not None, reason="the environment has a compiler of its own")
def test_no_wheel_without_a_compiler(root: Path, tmp_path: Path) -> None:
    """Nobody gets the slow loop in an image for want of a compiler: the build fails and says what it needs."""
    done = build(root, tmp_path, CC="no-such-compiler")
    assert done.returncode != 0
    assert "a C compiler is needed" in done.stderr + done.stdout
    assert not list(tmp_path.iterdir())


def test_a_build_without_a_compiler_asks_for_one(root: Path) -> None:
    """A build fetches the locked compiler where the machine has none, and none where it has one."""
    command = [
        sys.executable,
        "-c",
        "from hatchling.build import get_requires_for_build_wheel as ask; print(*ask())",
    ]
    asked = {
        compiler: subprocess.run(
            command, cwd=root, env=os.environ | {"CC": compiler}, capture_output=True, text=True, check=True
        ).stdout.strip()
        for compiler in (sys.executable, "no-such-compiler")
    }
    assert asked[sys.executable] == ""
    assert asked["no-such-compiler"].startswith("ziglang==")
