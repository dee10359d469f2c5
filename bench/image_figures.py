"""Print what the image is and does: size by layer, what is in it, start, answer, memory, stop.

    buildah build --isolation chroot --timestamp 0 --tag heatmap . && buildah push heatmap oci:build/image
    python bench/image_figures.py build/image        # as root, with runc

The image is unpacked and run by runc as a cluster would: read-only root, user 10001, no capability, no new privileges,
a memory limit where control groups can be had, and /tmp and /dev/shm in memory. No daemon is needed.
"""

import argparse
import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

MAP = "/v1/heatmap?exchange=sim&symbol=BTC"
UNCHECKED_HASH = 0b01
RUNC = shutil.which("runc") or ""
START_SECONDS = 120.0
MEMORY = 1024**3


def blob(folder: Path, digest: str) -> Path:
    """Return the file of a digest."""
    return folder / "blobs" / digest.replace(":", "/")


def read(folder: Path, digest: str) -> dict[str, Any]:
    """Return the JSON of a digest."""
    found: dict[str, Any] = json.loads(blob(folder, digest).read_text())
    return found


def unpack(folder: Path, manifest: dict[str, Any], root: Path) -> list[tuple[float, float]]:
    """Unpack every layer over the one before; return megabytes, compressed and plain, of each."""
    sizes = []
    for layer in manifest["layers"]:
        with tarfile.open(blob(folder, layer["digest"])) as archive:
            members = archive.getmembers()
            assert not [each.name for each in members if Path(each.name).name.startswith(".wh.")], (
                "nothing is taken away"
            )
            archive.extractall(root, members=members, filter="fully_trusted")  # noqa: S202 - the image is our own
        sizes.append((layer["size"] / 1e6, sum(each.size for each in members) / 1e6))
    return sizes


def contents(root: Path) -> dict[str, int]:
    """Count what should not be there, and byte code that would be compiled anew."""
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    compiled = [path for path in files if path.suffix == ".pyc"]
    sources = [path for path in files if path.suffix == ".py" and "site-packages" in path.parts]
    return {
        "setuid or setgid files": sum(bool(path.stat().st_mode & 0o6000) for path in files),
        "pip": sum(path.name == "pip" for path in root.rglob("pip")),
        "shells": sum(path.name in {"sh", "bash", "dash"} for path in files),
        "byte code": len(compiled),
        "byte code that is checked or stale": sum(path.read_bytes()[4] != UNCHECKED_HASH for path in compiled),
        "modules without byte code": sum(
            not list((each.parent / "__pycache__").glob(f"{each.stem}.*")) for each in sources
        ),
        "packages that scanners see": len(list((root / "var/lib/dpkg/status.d").iterdir())),
    }


def bundle(folder: Path, config: dict[str, Any], port: int) -> None:
    """Write the specification by which runc runs the image on this machine's network."""
    subprocess.run([RUNC, "spec"], cwd=folder, check=True)
    spec = json.loads((folder / "config.json").read_text())
    user, group = (int(part) for part in config["User"].split(":"))
    environment = [*config["Env"], f"LH_BIND=127.0.0.1:{port}", "LH_EXCHANGES=sim", "LH_WORKERS=2"]
    none: dict[str, list[str]] = {name: [] for name in ("bounding", "effective", "permitted", "ambient")}
    spec["process"] |= {
        "terminal": False,
        "user": {"uid": user, "gid": group},
        "args": config["Cmd"],
        "env": environment,
        "cwd": config["WorkingDir"],
        "capabilities": none,
        "noNewPrivileges": True,
    }
    spec["root"] = {"path": "rootfs", "readonly": True}
    spec["mounts"] = [each for each in spec["mounts"] if each["destination"] not in {"/sys", "/sys/fs/cgroup"}]
    options = ["nosuid", "nodev", "mode=1777", "size=64m"]
    spec["mounts"].append({"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": options})  # noqa: S108 - inside the container
    spec["linux"]["namespaces"] = [
        each for each in spec["linux"]["namespaces"] if each["type"] in {"mount", "pid", "ipc", "uts"}
    ]
    spec["linux"]["resources"] = {"memory": {"limit": MEMORY}}
    (folder / "config.json").write_text(json.dumps(spec))


def ask(port: int, path: str) -> tuple[int, int]:
    """Return status and length of an answer; 0 where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, len(answer.read())
    except OSError:
        return 0, 0
    finally:
        connection.close()


def resident(pid: int) -> float:
    """Return megabytes of a process and all below it, shared pages counted once."""
    total, waiting = 0, [pid]
    while waiting:
        each = waiting.pop()
        try:
            text = Path(f"/proc/{each}/smaps_rollup").read_text()
            waiting += map(int, Path(f"/proc/{each}/task/{each}/children").read_text().split())
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1000


def limit_of(pid: int) -> str:
    """Return the memory limit that a process is under, as the kernel states it."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, kinds, path = line.split(":", 2)
        for file in (f"/sys/fs/cgroup{path}/memory.max", f"/sys/fs/cgroup/{kinds}{path}/memory.limit_in_bytes"):
            if Path(file).exists() and (kinds in {"", "memory"}):
                return Path(file).read_text().strip()
    return "none: this machine has no control groups"


def run(folder: Path, port: int) -> dict[str, Any]:
    """Run the image once; return what was measured."""
    runc, name, log = [RUNC, "--root", str(folder / "state")], f"heatmap-{port}", folder / "log"
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen([*runc, "run", "--bundle", str(folder), name], stdout=out, stderr=out)
    try:
        while ask(port, "/readyz")[0] != http.client.OK:
            if process.poll() is not None or time.monotonic() - began > START_SECONDS:
                raise SystemExit(log.read_text())
            time.sleep(0.05)
        ready = time.monotonic() - began
        asked = time.monotonic()
        status, length = ask(port, MAP)
        first = time.monotonic() - asked
        state = json.loads(subprocess.run([*runc, "state", name], check=True, capture_output=True).stdout)
        memory, limit = resident(state["pid"]), limit_of(state["pid"])
        stopping = time.monotonic()
        subprocess.run([*runc, "kill", name, "TERM"], check=True)
        code = process.wait(60)
        return {
            "seconds until /readyz": f"{ready:.1f}",
            f"first `{MAP}`": f"{status}, {length / 1000:.0f} kB, {first:.2f} s",
            "memory after it, two workers": f"{memory:.0f} MB",
            "memory limit": limit,
            "exit code after SIGTERM": code,
            "seconds until it ended": f"{time.monotonic() - stopping:.1f}",
            "errors in its log": sum(word in log.read_text() for word in ("Traceback", "Error", "denied")),
        }
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def measure(image: Path) -> dict[str, Any]:
    """Return every figure of an image in a folder of the OCI layout."""
    index = json.loads((image / "index.json").read_text())["manifests"][0]
    manifest = read(image, index["digest"])
    config = read(image, manifest["config"]["digest"])["config"]
    figures: dict[str, Any] = {"digest": index["digest"]}
    folder = Path(tempfile.mkdtemp(prefix="image-"))
    try:
        folder.chmod(0o755)
        sizes = unpack(image, manifest, folder / "rootfs")
        for name, (compressed, plain) in zip(("system", "libraries", "source"), sizes, strict=True):
            figures[f"layer of the {name}"] = f"{plain:.1f} MB, {compressed:.1f} compressed"
        figures["whole"] = f"{sum(plain for _, plain in sizes):.1f} MB, {sum(each for each, _ in sizes):.1f} compressed"
        figures |= contents(folder / "rootfs")
        port = free_port()
        bundle(folder, config, port)
        nginx = subprocess.run(
            ["/usr/sbin/chroot", str(folder / "rootfs"), "nginx", "-v"], capture_output=True, text=True, check=True
        )
        figures["proxy in it"] = nginx.stderr.strip().removeprefix("nginx version: ")
        return figures | run(folder, port)
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Print a row for each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("image", type=Path, help="folder of the OCI layout")
    parser.add_argument("--most-megabytes", type=float, help="fail where the whole, not compressed, is more")
    asked = parser.parse_args()
    if not RUNC:
        sys.exit("runc is needed to run the image")
    print("| figure | measured |\n|---|---|")
    figures = measure(asked.image)
    for name, value in figures.items():
        print(f"| {name} | {value} |")
    if asked.most_megabytes is not None and float(figures["whole"].split()[0]) > asked.most_megabytes:
        sys.exit(f"the image has more than {asked.most_megabytes:g} MB")


if __name__ == "__main__":
    main()
