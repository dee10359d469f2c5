"""The row of endurance: faults that come and go at random under a mixed load, and what the server has grown by."""

import random
import time

from tests.emulator import Emulator
from tests.faults.load import Crowd, by_status
from tests.faults.processes import Size, size_of
from tests.faults.rows import HEATMAP, Row
from tests.faults.stage import stage

EXCHANGES = ("binance", "bybit", "okx")
PATHS = [
    HEATMAP.format("binance"),
    HEATMAP.format("binance,bybit,okx"),
    "/v1/zones?exchange=bybit&symbol=ETH&timeframes=1h,4h",
    "/v1/profile?exchange=okx&symbol=SOL",
    "/v1/diff?a=binance&b=bybit&symbol=BTC",
    "/v1/liquidation-price?exchange=binance&symbol=BTC&side=long&entry=60000&leverage=10",
    "/v1/heatmap?exchange=binance&bins=0",
    "/livez",
]
# Seconds between two changes of fault; of the whole time, what counts as warming up.
CHANGE_S, WARM_UP = 3.0, 0.4
MOST_GROWTH = 0.05


def soak(seconds: float, seed: int = 7) -> Row:
    """Ask the same mix of questions while faults come and go."""
    random_faults = random.Random(seed)
    with stage(*EXCHANGES, LH_EXCHANGE_SECONDS="3") as scene:
        scene.warm(PATHS[0], times=4)
        sizes: list[Size] = []
        with Crowd(scene.base, PATHS, 8, 0.05) as crowd:
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                _change(scene.emulator, random_faults)
                time.sleep(CHANGE_S)
                sizes.append(size_of(scene.base))
            scene.emulator.heal()
    told, warm = crowd.told, sizes[int(WARM_UP * len(sizes)) :]
    unclean = [each for each in told if not each.clean]
    first, last = _largest(warm[: len(warm) // 3]), _largest(warm[-(len(warm) // 3) :])
    growth = last.megabytes / first.megabytes - 1.0
    figures = f"{seconds:g} s, {by_status(told)}; {len(unclean)} unclean; after warming up {first.megabytes:.0f} MB, "
    figures += (
        f"{first.threads} threads, {first.files} files, in the end {last.megabytes:.0f} MB ({100 * growth:+.1f} %), "
    )
    figures += f"{last.threads} and {last.files}"
    holds = not unclean and growth <= MOST_GROWTH and last.threads <= first.threads and last.files <= first.files + 8
    return Row("24", "a soak with random faults: nothing unclean, no leak, memory within 5 %", figures, holds)


def _change(emulator: Emulator, chance: random.Random) -> None:
    """Mend everything, and break one exchange in one way, or none."""
    emulator.heal()
    fault = chance.choice(("none", "down", "refused", "error", "slow", "cut"))
    exchange = chance.choice(EXCHANGES)
    if fault == "down":
        emulator.fault(exchange, down=True)
    elif fault == "refused":
        emulator.fault(exchange, "status", status=429, retry_after=2)
    elif fault == "error":
        emulator.fault(exchange, "status", status=500)
    elif fault == "slow":
        emulator.fault(exchange, delay_s=2.0)
    elif fault == "cut":
        emulator.fault(exchange, cut=200)


def _largest(sizes: list[Size]) -> Size:
    return Size(*(max(getattr(size, name) for size in sizes) for name in ("megabytes", "threads", "files")))
