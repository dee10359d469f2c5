"""Draw the map and its candles in a figure of your own.

    python examples/plot.py --exchange sim --symbol BTC --out heatmap.png

For a finished picture ask /v1/heatmap.png; this is for those who want the numbers in pandas.
"""

import argparse
import json
from urllib.parse import urlencode
from urllib.request import urlopen

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd


def map_of(base: str, **query: str) -> tuple[pd.DataFrame, pd.DataFrame, dict]:
    """Return heat 0..1 (a row for each price, a column for each time), the candles, and the answer itself."""
    with urlopen(f"{base}/v1/heatmap?{urlencode(query | {'candles': 'true'})}", timeout=60) as response:
        answer = json.load(response)
    grid = answer["grid"]
    time = pd.to_datetime(grid["close_time"], unit="ms", utc=True)
    heat = pd.DataFrame(grid["heat"], index=time, columns=grid["edges"][:-1]).T / 255
    return heat, pd.DataFrame(answer["candles"], index=time), answer


def draw(heat: pd.DataFrame, candles: pd.DataFrame, answer: dict) -> plt.Figure:
    """Return the figure."""
    figure, axes = plt.subplots(figsize=(12, 6.5), layout="constrained")
    axes.pcolormesh(heat.columns, heat.index, heat.to_numpy(), cmap="inferno", vmin=0, vmax=1, shading="nearest")
    axes.vlines(candles.index, candles["low"], candles["high"], color="white", linewidth=0.8)
    axes.step(candles.index, candles["close"], color="cyan", linewidth=1, where="mid")
    axes.set_title(
        f"{answer['symbol']} on {answer['exchange']}, as of {answer['as_of']}, model {answer['model_version']}"
    )
    axes.set_ylabel("price")
    return figure


def main() -> None:
    """Fetch, draw, save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", default="http://127.0.0.1:8080")
    parser.add_argument("--exchange", default="sim")
    parser.add_argument("--symbol", default="BTC")
    parser.add_argument("--out", default="heatmap.png")
    args = parser.parse_args()
    draw(*map_of(args.base, exchange=args.exchange, symbol=args.symbol)).savefig(args.out, dpi=100)
    print(f"wrote {args.out}")


if __name__ == "__main__":
    main()
