"""Measure the costliest requests that the contract allows: CPU time and memory of each, with the market's data in hand.

Run: python bench/costliest_requests.py [part of a name]
Each is asked twice in a process of its own, the second time with another position size: so nothing comes from kept
answers, and neither the exchange nor the invention of its prices is in the figures. Linux only.

cpu s     of the whole process, its threads included
peak MB   most memory held while answering, beyond what was held before
status    422 is a request that is refused by what it would take
"""

import gc
import multiprocessing
import resource
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings

NOW = 1_795_306_800.0  # 2026-11-22T00:20Z
# A process that takes more is stopped, and so are its figures.
MOST_SECONDS, MOST_MB = 120, 6000
BOTH = "exchange=sim,sim2&symbol=BTC"
YEAR, NARROW, WIDE = "timeframe=1h&lookback=1y", "range_pct=0.1", "range_pct=90"
MOST_BARS = "timeframe=5m&lookback=750h"
REQUESTS = {
    "heatmap, as usual": "heatmap?exchange=sim&symbol=BTC",
    "heatmap, a year": f"heatmap?{BOTH}&{YEAR}&split=true",
    "heatmap, most bars": f"heatmap?{BOTH}&{MOST_BARS}&split=true",
    "heatmap, most bars, range 90": f"heatmap?{BOTH}&{MOST_BARS}&{WIDE}",
    "heatmap, most bars, segments": f"heatmap?{BOTH}&{MOST_BARS}&{WIDE}&encoding=segments&candles=true",
    "heatmap, 1000 x 2000": f"heatmap?{BOTH}&timeframe=1h&lookback=1000h&bins=2000&{WIDE}&split=true",
    "heatmap, 1000 x 2000, range 0.1": f"heatmap?{BOTH}&timeframe=1h&lookback=1000h&bins=2000&{NARROW}",
    "heatmap, a year, uncertainty": f"heatmap?{BOTH}&{YEAR}&{WIDE}&uncertainty=true",
    "heatmap, most bins, uncertainty": f"heatmap?{BOTH}&{YEAR}&bins=228&uncertainty=true&{WIDE}",
    "profile, a year, most bins": f"profile?{BOTH}&{YEAR}&bins=2000&{WIDE}&split=true",
    "profile, a year, uncertainty": f"profile?{BOTH}&{YEAR}&{WIDE}&uncertainty=true",
    "profile, most bins, uncertainty": f"profile?{BOTH}&timeframe=1h&lookback=1000h&bins=2000&{WIDE}&uncertainty=true",
    "profile, least range, uncertainty": f"profile?{BOTH}&{MOST_BARS}&{NARROW}&uncertainty=true",
    "zones, least range": f"zones?exchange=sim&symbol=BTC&{NARROW}&bins=2000",
    "zones, a year": f"zones?{BOTH}&{YEAR}&{WIDE}&split=true",
    "zones, most bars": f"zones?{BOTH}&{MOST_BARS}&{WIDE}&split=true&top=200",
    "zones, a year, uncertainty": f"zones?{BOTH}&{YEAR}&{WIDE}&uncertainty=true",
    "zones, four timeframes": f"zones?{BOTH}&timeframes=5m,15m,30m,1h&lookback=31d&{WIDE}&split=true",
    "zones, four, uncertainty": f"zones?{BOTH}&timeframes=5m,15m,30m,1h&lookback=31d&uncertainty=true&split=true",
    "touches, least range": f"touches?exchange=sim&symbol=BTC&{NARROW}",
    "touches, a year": f"touches?{BOTH}&{YEAR}",
    "touches, a year, range 90": f"touches?{BOTH}&{YEAR}&{WIDE}",
    "touches, a year, least range": f"touches?{BOTH}&{YEAR}&{NARROW}",
    "touches, most bars": f"touches?{BOTH}&{MOST_BARS}&{WIDE}",
    "scan, all": "scan?exchange=sim,sim2",
    "scan, a year": f"scan?exchange=sim,sim2&{YEAR}&{WIDE}&split=true",
    "scan, most bars": f"scan?exchange=sim,sim2&{MOST_BARS}&{WIDE}&split=true",
    "diff, a year": f"diff?a=sim&b=sim2&symbol=BTC&{YEAR}&{WIDE}",
    "diff, most bars": f"diff?a=sim&b=sim2&symbol=BTC&{MOST_BARS}&{WIDE}",
    "diff, 1000 x 2000": f"diff?a=sim&b=sim2&symbol=BTC&timeframe=1h&lookback=1000h&bins=2000&{WIDE}",
    "cascade, most draws": "cascade?exchange=sim&symbol=BTC&move_pct=-50&samples=2000&range_pct=90&bins=2000",
    "cascade, a year": f"cascade?exchange=sim&symbol=BTC&{YEAR}&sell_usd=1e12&samples=2000&range_pct=90&executed=1",
    "cascade, most bars": f"cascade?exchange=sim&symbol=BTC&{MOST_BARS}&move_pct=50&samples=2000&range_pct=90",
    "cascade, least range": "cascade?exchange=sim&symbol=BTC&move_pct=-1&samples=2000&range_pct=1&bins=2000",
    "skill, a year": "skill?exchange=sim&symbol=BTC&lookback=1y&resamples=1000",
    "mix fitted, a year": f"profile?exchange=sim&symbol=BTC&{YEAR}&mix=fitted",
    "mix fitted, most bars": f"profile?exchange=sim&symbol=BTC&{MOST_BARS}&mix=fitted",
    "prices of 1,000 positions": "liquidation-price",
}
POSITION = {"exchange": "sim", "symbol": "BTC", "side": "long", "entry": 60000, "leverage": 10, "size": 1}


def ask(client: FlaskClient, url: str, position_notional: int) -> tuple[int, int]:
    """Return the status and the bytes of one answer."""
    if url == "liquidation-price":
        positions = [POSITION | {"entry": 60000 + n + position_notional} for n in range(1000)]
        answer = client.post("/v1/liquidation-price", json={"positions": positions})
    else:
        answer = client.get(f"/v1/{url}&position_notional={position_notional}")
    return answer.status_code, len(answer.data)


def memory(name: str) -> float:
    """Return VmRSS or VmHWM of this process in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


def measured(url: str, sender: Connection) -> None:
    """Send what one request takes."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MB * 1024**2, MOST_MB * 1024**2))
    settings = Settings(exchanges=("sim", "sim2"), exchange_seconds=MOST_SECONDS)
    client = create_app(settings, clock=lambda: NOW).test_client()
    ask(client, url, 20_000)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before, start = memory("VmRSS"), process_time()
    status, size = ask(client, url, 10_000)
    sender.send((process_time() - start, memory("VmHWM") - before, status, size))


def main() -> None:
    """Print the table."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    context = multiprocessing.get_context("fork")
    print(f"{'request':36}{'cpu s':>8}{'peak MB':>9}{'status':>8}{'kB':>8}")
    for name, url in REQUESTS.items():
        if wanted not in name:
            continue
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=measured, args=(url, sender))
        process.start()
        sender.close()
        try:
            cpu, peak, status, size = receiver.recv()
            print(f"{name:36}{cpu:8.2f}{peak:9.1f}{status:8}{size / 1000:8.1f}", flush=True)
        except EOFError:
            print(f"{name:36}    stopped by {MOST_SECONDS} s or {MOST_MB} MB", flush=True)
        process.join()


if __name__ == "__main__":
    main()
