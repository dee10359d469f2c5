"""Draw the pictures of docs/pictures, and print how much of each map is hot and how much empty.

Run: python -m bench.draw_pictures [FOLDER]     (make pictures HOURS=FOLDER)

FOLDER holds BTCUSDT.csv, hours of 2024 with the columns that docs/accuracy.md names; without it only the simulated
market is drawn. What is drawn of the hours is a picture of them; the hours themselves are not in the repository.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.heat_shares import QUERY, SIM_NOW, line, simulated
from service.app import create_app
from service.cli.answer import answer, picture
from service.cli.table.bars import read_table
from service.settings import Settings

PICTURES = Path(__file__).resolve().parents[1] / "docs/pictures"
# name, the hour that the map ends with, how far it goes back
REAL = (("real-hours", "2024-08-19T22:00", "14d"), ("crash", "2024-08-06T00:00", "8d"))
SIM = "/v1/{}.png?exchange=sim&symbol=BTC&lookback=7d"


def until(text: str, moment: str) -> str:
    """Return the rows of a table of hours that had closed by a moment, with the header."""
    end = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000
    header, *rows = text.splitlines(keepends=True)
    return header + "".join(row for row in rows if int(row.partition(",")[0]) < end)


def draw_real(folder: Path) -> None:
    """Draw the real hours, and the crash among them."""
    text = (folder / "BTCUSDT.csv").read_text()
    with TemporaryDirectory() as made:
        for name, moment, lookback in REAL:
            path = Path(made) / f"{name}.csv"
            path.write_text(until(text, moment))
            table = read_table(path)
            (PICTURES / f"{name}.png").write_bytes(picture("heatmap", table, "BTC", [f"lookback={lookback}"]))
            print(line(name, answer("heatmap", table, "BTC", [f"{n}={v}" for n, v in QUERY.items()])))


def draw_simulated() -> None:
    """Draw the simulated market: its map, and its zones."""
    client = create_app(Settings(exchanges=("sim",)), clock=lambda: SIM_NOW).test_client()
    for resource, name in (("heatmap", "sim"), ("zones", "sim-zones")):
        (PICTURES / f"{name}.png").write_bytes(client.get(SIM.format(resource)).data)
    print(line("sim", simulated("BTC")))


def main(argv: Sequence[str]) -> int:
    """Draw what there are hours for."""
    if argv:
        draw_real(Path(argv[0]))
    draw_simulated()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
