"""Gather what the service needs of the system, and nothing else: `python3 system_files.py ROOT EXECUTABLE...`.

Python with its standard library, the given executables, every shared library that any of them or of the files under the
folders in LIBRARIES loads, certificates, time zones and the names of users. No shell, no package tools, nothing setuid.
The packages that files come from are told where scanners look for them: var/lib/dpkg/status.d.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

PYTHON = Path(sys.base_prefix)
LIBRARIES = (Path("/opt/heatmap"),)
# of the standard library, what only developers use
NEVER_USED = ("test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "pydoc_data", "__pycache__")
NEVER_USED_FILES = ("turtle.py", "libpython*.a", "python.o")
ALSO = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/usr/lib/os-release",
    "/usr/share/zoneinfo",
    "/usr/share/ca-certificates",
)
USERS = "root:x:0:0:root:/root:/sbin/nologin\nheatmap:x:10001:10001::/tmp:/sbin/nologin\n"
GROUPS = "root:x:0:\nheatmap:x:10001:\n"


def main() -> None:
    """Fill ROOT, and print what it came to."""
    root, executables = Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]]
    copy_python(root)
    binaries = [*executables, *elf_files(PYTHON / "bin", PYTHON / "lib", *LIBRARIES)]
    wanted = {*executables, *loaded_by(binaries), *(Path(path) for path in ALSO if Path(path).exists())}
    for path in sorted(wanted):
        if not path.is_relative_to(PYTHON) and not any(path.is_relative_to(folder) for folder in LIBRARIES):
            copy(path, root)
    for folder, mode in (("tmp", 0o1777), ("run", 0o755), ("proc", 0o755), ("sys", 0o755), ("dev", 0o755)):
        (root / folder).mkdir(exist_ok=True)
        (root / folder).chmod(mode)
    (root / "etc/passwd").write_text(USERS)
    (root / "etc/group").write_text(GROUPS)
    write_packages(root, wanted)
    # where the loader finds what is not in its usual folders, Python's own library among it
    subprocess.run(["ldconfig", "-r", str(root)], check=True)  # noqa: S603, S607 - of the base image
    shutil.rmtree(root / "var/cache", ignore_errors=True)


def copy_python(root: Path) -> None:
    """Copy Python without its own package tools."""
    ignored = shutil.ignore_patterns(*NEVER_USED, *NEVER_USED_FILES, "site-packages")
    for name in ("bin", "lib"):
        shutil.copytree(PYTHON / name, inside(root, PYTHON / name), symlinks=True, ignore=ignored)
    for tool in inside(root, PYTHON / "bin").iterdir():
        if not re.fullmatch(r"python[0-9.]*", tool.name):
            tool.unlink()


def elf_files(*folders: Path) -> list[Path]:
    """Return the programs and shared libraries under the folders."""
    files = (path for folder in folders for path in sorted(folder.rglob("*")))
    return [path for path in files if path.is_file() and not path.is_symlink() and is_elf(path)]


def is_elf(path: Path) -> bool:
    """Tell by its first bytes whether the file is one that is loaded."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def loaded_by(binaries: Iterable[Path]) -> set[Path]:
    """Return the shared libraries that the binaries load, the loader itself among them; a missing one is an error."""
    found: set[Path] = set()
    for binary in binaries:
        told = subprocess.run(["ldd", str(binary)], capture_output=True, text=True, check=False).stdout  # noqa: S603, S607 - of the base image
        if re.search(r"=> not found$", told, re.MULTILINE) and PYTHON not in binary.parents:
            raise SystemExit(f"{binary}: {told}")
        found |= {Path(path) for path in re.findall(r"(/\S+) \(0x", told)}
    return found


def copy(path: Path, root: Path) -> None:
    """Copy a file or folder to its place, the links on the way to it as links."""
    target = inside(root, path)
    for parent in reversed(path.parents):
        if parent.is_symlink() and not inside(root, parent).is_symlink():
            inside(root, parent).parent.mkdir(parents=True, exist_ok=True)
            inside(root, parent).symlink_to(parent.readlink())
            (inside(root, parent).parent / parent.readlink()).resolve().mkdir(parents=True, exist_ok=True)
    if target.exists() or target.is_symlink():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        target.symlink_to(path.readlink())
        copy((path.parent / path.readlink()).absolute(), root)
    elif path.is_dir():
        shutil.copytree(path, target, symlinks=True)
    else:
        shutil.copy2(path, target)


def inside(root: Path, path: Path) -> Path:
    """Return the place of a path under the root."""
    return root / path.relative_to("/")


def write_packages(root: Path, paths: Iterable[Path]) -> None:
    """Write what dpkg knows of each package that a copied file is of."""
    folder = root / "var/lib/dpkg/status.d"
    folder.mkdir(parents=True)
    names = set()
    for path in paths:
        for each in {path, path.resolve(), Path("/usr") / path.relative_to("/")}:
            told = subprocess.run(["dpkg", "-S", str(each)], capture_output=True, text=True, check=False).stdout  # noqa: S603, S607 - as above
            names |= set(re.findall(r"^([a-z0-9.+-]+)(?::\w+)?(?=[:,])", told, re.MULTILINE))
    for name in sorted(names):
        status = subprocess.run(["dpkg", "-s", name], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607 - as above
        (folder / name).write_text(status)
        for licence in (Path("/usr/share/doc") / name / "copyright",):
            if licence.exists():
                copy(licence, root)


if __name__ == "__main__":
    main()
