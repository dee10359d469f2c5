"""Time the start of the service, and weigh its processes once all exchanges have been asked.

Run: python bench/bench_start.py
The exchanges are emulated on loopback (tests/emulator), each with a listing as long as real ones: 600 markets. Memory
is what the kernel calls proportional set size: what a process alone takes, and its part of what it shares.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from service.market.venues import VENUE_IDS
from tests.emulator import Emulator, synthetic_truth
from tests.emulator.listings import long_listings
from tests.support.ports import free_port

READY_S, WORKER_MB = 3.0, 200.0
ROUNDS, TRIES = 3, 600
MARKETS = 600


def started(port: int, emulator: Emulator) -> tuple[subprocess.Popen[bytes], float]:
    """Start the service; return it, and the seconds until it was ready."""
    urls = {name: emulator.url(name) for name in VENUE_IDS}
    settings = {"LH_BASE_URLS": json.dumps(urls), "LH_EXCHANGES": ",".join(urls), "LH_UNTHROTTLED": "true"}
    # As the image starts it; `make run` imports the service once more, to check its settings.
    options = ["--config", "python:service.ops.gunicorn", "--bind", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", *options, "service.app:create_app_from_environment()"]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(TRIES):
        try:
            urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
            return process, time.perf_counter() - began
        except (URLError, OSError):
            time.sleep(0.02)
    raise SystemExit("the service did not become ready")


def megabytes(process: int) -> float:
    """Return the proportional set size of a process."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def workers(process: int) -> list[int]:
    """Return the children of a process."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def beside(value: float, aim: float) -> str:
    """Return a figure with its aim, marked where it is missed."""
    return f"{value:.1f} (aim {aim:g}{'' if value <= aim else ', MISSED'})"


def main() -> None:
    """Print the quickest start, and what each worker takes before and after all exchanges were asked."""
    now = int(time.time() * 1000)
    with (
        long_listings(synthetic_truth(now), MARKETS) as truth,
        Emulator(truth, lambda: int(time.time() * 1000)) as emulator,
    ):
        taken = []
        for last in range(ROUNDS):
            port = free_port()
            process, seconds = started(port, emulator)
            taken.append(seconds)
            if last < ROUNDS - 1:
                process.send_signal(signal.SIGTERM)
                process.wait(60)
        print(f"ready after {beside(min(taken), READY_S)} s, the quickest of {ROUNDS} starts")
        idle = [megabytes(worker) for worker in workers(process.pid)]
        for _ in range(4):
            for path in ("heatmap", "zones"):
                with urlopen(f"http://127.0.0.1:{port}/v1/{path}?exchange=all&symbol=BTC", timeout=120) as answer:
                    used = sum(source["state"] == "used" for source in json.load(answer)["sources"])
        busy = [megabytes(worker) for worker in workers(process.pid)]
        print(f"{used} of {len(VENUE_IDS)} exchanges answered, {MARKETS} markets each")
        print(f"master {megabytes(process.pid):.1f} MB; workers idle {', '.join(f'{each:.1f}' for each in idle)} MB")
        print(
            f"dearest worker after heatmaps and zones of {len(VENUE_IDS)} exchanges: {beside(max(busy), WORKER_MB)} MB"
        )
        process.send_signal(signal.SIGTERM)
        process.wait(60)


if __name__ == "__main__":
    main()
