"""What the build of the image gathers of the system, on files of this machine."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def gather(root: Path) -> ModuleType:
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("system_files", root / "image/system_files.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_programs_are_told_by_their_first_bytes(gather: ModuleType, tmp_path: Path) -> None:
    """A script is not loaded, an interpreter is."""
    (tmp_path / "script").write_text("#!/bin/sh")
    (tmp_path / "program").write_bytes(Path(os.path.realpath(sys.executable)).read_bytes()[:64])
    assert gather.elf_files(tmp_path) == [tmp_path / "program"]


def test_what_a_program_loads_is_found(gather: ModuleType) -> None:
    """The C library and the loader are among it, and all of it is there."""
    loaded = gather.loaded_by([Path("/bin/ls")])
    assert any(path.name.startswith("libc.so") for path in loaded)
    assert any(path.name.startswith("ld-linux") for path in loaded)
    assert all(path.exists() for path in loaded)


def test_links_are_kept_on_the_way_to_a_file(gather: ModuleType, tmp_path: Path) -> None:
    """As /lib leads to /usr/lib: the file is where both ways lead, once."""
    system, root = tmp_path / "system", tmp_path / "root"
    (system / "usr/lib").mkdir(parents=True)
    (system / "usr/lib/libx.so.1.2").write_text("x")
    (system / "usr/lib/libx.so.1").symlink_to("libx.so.1.2")
    (system / "lib").symlink_to("usr/lib")
    root.mkdir()
    gather.copy(system / "lib/libx.so.1", root)
    copied = root / system.relative_to("/")
    assert (copied / "lib").is_symlink()
    assert (copied / "usr/lib/libx.so.1").is_symlink()
    assert (copied / "lib/libx.so.1").read_text() == "x"
    assert sorted(path.name for path in (copied / "usr/lib").iterdir()) == ["libx.so.1", "libx.so.1.2"]
