"""A random walk of hours as a table that nobody could object to, and ways to write it as other tools do."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from service.cli.table.bars import BarTable, read_table

T0, HOUR = 1_735_689_600_000, 3_600_000
HEADER = ("ts", "o", "h", "l", "c", "v", "oi")

Table = list[list[str]]


def walk(bars: int = 120, seed: int = 3, price: float = 60_000.0) -> Table:
    """Return rows of ts (epoch ms), o, h, l, c, v, oi: prices with seven digits, amounts with three."""
    draw, cent = np.random.default_rng(seed), price / 60_000.0
    closes = cent * np.round(60_000.0 * np.exp(np.cumsum(draw.normal(0.0, 0.004, bars))), 2)
    opens = np.concatenate(([price], closes[:-1]))
    high = np.maximum(opens, closes) * (1 + np.abs(draw.normal(0.0, 0.002, bars)))
    low = np.minimum(opens, closes) * (1 - np.abs(draw.normal(0.0, 0.002, bars)))
    volume = np.round(draw.lognormal(7.8, 0.5, bars), 3)
    interest = 80_000.0 + np.cumsum(0.2 * volume * draw.uniform(-1.0, 1.0, bars))
    return [
        [str(T0 + n * HOUR), *(f"{prices[n]:.7g}" for prices in (opens, high, low, closes)), f"{volume[n]:.3f}",
         f"{interest[n]:.3f}"]
        for n in range(bars)
    ]  # fmt: skip


def text_of(rows: Iterable[Sequence[str]], header: Sequence[str] | None = HEADER, separator: str = ",") -> str:
    """Return rows as text, under a header unless it is None."""
    lines = [*([] if header is None else [header]), *rows]
    return "\n".join(separator.join(line) for line in lines) + "\n"


def with_column(rows: Table, at: int, change: Callable[[str], str]) -> Table:
    """Return the rows with every cell of a column changed."""
    return [[change(cell) if n == at else cell for n, cell in enumerate(row)] for row in rows]


def write(path: Path, content: str | bytes) -> Path:
    """Write a table as it is given, without any change of its line ends."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def told(tmp_path: Path, content: str) -> tuple[BarTable, str]:
    """Return the table that such a file is read as, with its warnings as one text."""
    table = read_table(write(tmp_path / "bars.csv", content))
    return table, "\n".join(table.warnings)
