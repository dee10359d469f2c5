"""Tables of bars with realised liquidations, as the console reads them."""

from pathlib import Path

from tests.support.skill_market import Case


def write(path: Path, case: Case, columns: tuple[str, str] = ("liq_long", "liq_short")) -> Path:
    """Write a market with its liquidations as a table; liquidations in base coin are divided by the close."""
    bars, (long, short) = case.bars, case.liquidated
    if columns[0].startswith("liquidated"):
        long, short = long / bars.close, short / bars.close
    table = zip(bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume, bars.open_interest, long, short,
                strict=True)  # fmt: skip
    lines = [",".join(repr(value.item()) for value in row) for row in table]
    path.write_text("\n".join([",".join(["ts", "o", "h", "l", "c", "v", "oi", *columns]), *lines]) + "\n")
    return path
