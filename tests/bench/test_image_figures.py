"""What the figures of an image count, on a small one that has every fault."""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from bench import image_figures


def layer(files: dict[str, tuple[bytes, int]]) -> bytes:
    """Return an archive with files of these bytes and modes."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for name, (content, mode) in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), mode
            archive.addfile(member, io.BytesIO(content))
    return written.getvalue()


@pytest.fixture
def image(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """Return the folder of an image of two layers, and its manifest."""
    blobs = tmp_path / "image/blobs/sha256"
    blobs.mkdir(parents=True)
    system = {"usr/bin/su": (b"x", 0o4755), "bin/sh": (b"x", 0o755), "var/lib/dpkg/status.d/libc6": (b"x", 0o644)}
    package = "opt/heatmap/lib/python3.13/site-packages"
    source = {
        f"{package}/pip/__init__.py": (b"", 0o644),
        f"{package}/a.py": (b"", 0o644),
        f"{package}/__pycache__/a.cpython-313.pyc": (b"mag!\x01" + b"\0" * 11, 0o644),
        f"{package}/b.py": (b"", 0o644),
        f"{package}/__pycache__/b.cpython-313.pyc": (b"mag!\x00" + b"\0" * 11, 0o644),
    }
    layers = []
    for files in (system, source):
        packed = layer(files)
        digest = hashlib.sha256(packed).hexdigest()
        (blobs / digest).write_bytes(packed)
        layers.append({"digest": f"sha256:{digest}", "size": len(packed)})
    return tmp_path / "image", json.loads(json.dumps({"layers": layers}))


def test_faults_are_counted(image: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """Each kind once: what is setuid, a shell, pip, byte code of another kind, a module without any."""
    folder, manifest = image
    sizes = image_figures.unpack(folder, manifest, tmp_path / "rootfs")
    assert len(sizes) == 2
    assert image_figures.contents(tmp_path / "rootfs") == {
        "setuid or setgid files": 1,
        "pip": 1,
        "shells": 1,
        "byte code": 2,
        "byte code that is checked or stale": 1,
        "modules without byte code": 1,
        "packages that scanners see": 1,
    }
