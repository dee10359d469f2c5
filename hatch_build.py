"""Build hook: compiles what the service has in C (service/*/*/*.[ch]) into one library in the wheel.

The library knows nothing of Python, so one wheel serves every version of it. With an editable install it is written
into the source tree. The compiler is `$CC`, or else `cc`, or else that of the ziglang package, which pip fetches for a
build where there is no other.
"""

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES, FOLDER = "service/*/*/*.[ch]", Path("service/heatmap/base")
LIBRARY = "libkernel" + {"darwin": ".dylib", "win32": ".dll"}.get(sys.platform, ".so")
# No product is fused with a sum, so that every compiler and processor gives the same bytes. Nobody reads the flags that
# sums raise, so both branches of a choice may be worked out.
FLAGS = ("-O3", "-std=c11", "-shared", "-fPIC", "-ffp-contract=off", "-fno-trapping-math", "-Wall", "-Werror")
# The compiler of pyproject.toml's group of that name; for the plainest processor, as gcc does by itself.
ZIG = (sys.executable, "-m", "ziglang", "cc", "-mcpu=baseline")


class KernelHook(BuildHookInterface[Any]):
    """Adds the compiled loop to a wheel or, for an editable install, to the source tree."""

    def dependencies(self) -> list[str]:
        """Return what the build needs besides hatchling: a compiler, where the machine has none."""
        project = tomllib.loads((Path(self.root) / "pyproject.toml").read_text())
        return [] if _system_compiler() else project["dependency-groups"]["compiler"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile. Without a compiler an editable install goes on with the loop in numpy; a wheel is not built."""
        sources = sorted(Path(self.root).glob(SOURCES))
        compiler = _system_compiler() or (ZIG if find_spec("ziglang") else None)
        if version == "editable":
            if compiler is None:
                self.app.display_warning("no C compiler (cc, or the package ziglang): the model runs in numpy, slower")
                return
            compile_library(compiler, sources, Path(self.root) / FOLDER / LIBRARY)
            return
        if compiler is None:
            raise RuntimeError("a C compiler is needed to build the wheel: cc, or pip install ziglang")
        self.folder = tempfile.mkdtemp()
        built = Path(self.folder) / LIBRARY
        compile_library(compiler, sources, built)
        build_data["force_include"][str(built)] = str(FOLDER / LIBRARY)
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was only needed to fill the wheel."""
        del version, build_data, artifact_path
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


def compile_library(compiler: tuple[str, ...], sources: Sequence[Path], library: Path) -> None:
    """Compile the sources into a shared library, put in place when it is whole."""
    partial = library.with_suffix(f".{os.getpid()}")
    files = (str(source) for source in sources if source.suffix == ".c")
    command = [*compiler, *FLAGS, f'-DSOURCE="{digest_of(sources)}"', *files, "-o", str(partial)]
    subprocess.run(command, check=True)  # noqa: S603 - the compiler that the builder chose, on our own sources
    partial.replace(library)


def digest_of(sources: Sequence[Path]) -> str:
    """Return a digest of the sources, which the library can tell."""
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def platform_tag() -> str:
    """Return the platform part of the wheel's tag."""
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def _system_compiler() -> tuple[str, ...] | None:
    asked = tuple(shlex.split(os.environ.get("CC", "cc")))
    return asked if asked and shutil.which(asked[0]) else None
