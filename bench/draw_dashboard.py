"""Draw the dashboard from its own file: each panel where its grid has it, with what a real Prometheus answered.

    python -m bench.draw_dashboard night.json docs/pictures/dashboard.png

The answers are those that bench/dashboard_night.py keeps. It is no screenshot of Grafana: places, titles, units, names
of lines and thresholds are the dashboard's, the rest is this script's.
"""

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from PIL import Image

from bench.dashboard_night import DASHBOARD

Panel = dict[str, Any]
COLUMNS, COLUMN_INCHES, ROW_INCHES, HEAD_ROWS = 24, 0.72, 0.36, 2
GAP = 0.12
BACKGROUND, CARD, TEXT, FAINT, LINE = "#0e1116", "#161b22", "#e6edf3", "#8b949e", "#2d333b"
COLOURS = ("#58a6ff", "#f8765c", "#3fb950", "#d2a8ff", "#e3b341", "#56d4dd", "#ff9bce", "#a5d6ff", "#ffa657", "#7ee787")
TINTS = 128
STATES = {"green": "#3fb950", "orange": "#e3b341", "red": "#f85149", "blue": "#58a6ff"}
# Inches left of a panel's axes for its numbers; panels of so many columns have three names in a line.
LEFT_INCHES, WIDE = 0.72, 8
SAID = "drawn from the dashboard's own queries, as a real Prometheus answered them; no screenshot of Grafana"


def in_units(value: float, unit: str) -> str:
    """Return a value as Grafana writes its unit, to three figures."""
    if unit == "percentunit":
        return f"{100 * value:.3g} %"
    if unit == "bytes":
        for power, name in ((3, "GiB"), (2, "MiB"), (1, "KiB")):
            if value >= 1024**power:
                return f"{value / 1024**power:.3g} {name}"
        return f"{value:.0f} B"
    if unit == "s" and value < 1:
        return f"{1000 * value:.3g} ms"
    return f"{value:.3g}" + {"s": " s", "reqps": " req/s"}.get(unit, "")


def legend(target: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Return a series' name: the labels in the place of their names in braces."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: labels.get(found[1], ""), target["legendFormat"])


def colour(panel: Panel, value: float) -> str:
    """Return the colour that the panel's thresholds give a value."""
    steps = panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", [])
    reached = [step for step in steps if step["value"] is None or value >= step["value"]]
    return STATES[reached[-1]["color"]] if reached else TEXT


def points(series: Mapping[str, Any], start: float) -> tuple[list[float], list[float]]:
    """Return minutes since the start and values; a gap is left where there is no number."""
    times = [(float(at) - start) / 60 for at, _ in series["values"]]
    return times, [float(text) for _, text in series["values"]]


def lines(panel: Panel, answers: list[list[Any]], start: float) -> Iterator[tuple[str, list[float], list[float]]]:
    """Yield the name, minutes and values of each line of a panel."""
    for target, found in zip(panel["targets"], answers, strict=True):
        for series in found:
            yield legend(target, series["metric"]), *points(series, start)


def axes_at(figure: Figure, panel: Panel, rows: int, *, head: float, foot: float) -> Axes:
    """Return axes inside a panel's card, which is drawn behind them; head and foot are inches left free."""
    at, width, height = panel["gridPos"], COLUMNS * COLUMN_INCHES, rows * ROW_INCHES
    left, top = at["x"] * COLUMN_INCHES + GAP / 2, (at["y"] + HEAD_ROWS) * ROW_INCHES + GAP / 2
    wide, high = at["w"] * COLUMN_INCHES - GAP, at["h"] * ROW_INCHES - GAP
    card = (left / width, 1 - (top + high) / height, wide / width, high / height)
    figure.add_artist(Rectangle(card[:2], card[2], card[3], color=CARD, zorder=-1))
    figure.text((left + 0.12) / width, 1 - (top + 0.2) / height, panel["title"], color=TEXT, size=9, va="center")
    margin = 0.12 if foot < 0.2 else LEFT_INCHES
    box = (left + margin, top + head, wide - margin - 0.15, high - head - foot)
    return figure.add_axes((box[0] / width, 1 - (box[1] + box[3]) / height, box[2] / width, box[3] / height))


def draw_stat(figure: Figure, panel: Panel, answers: list[list[Any]], start: float, rows: int) -> None:
    """Draw the newest value large, in its threshold's colour, over what it was before."""
    axes = axes_at(figure, panel, rows, head=0.75, foot=0.08)
    axes.axis("off")
    (_, times, values) = next(lines(panel, answers, start))
    last = next(value for value in reversed(values) if value == value)  # noqa: PLR0124 - NaN is not itself
    tint = colour(panel, last)
    axes.fill_between(times, values, color=tint, alpha=0.25, linewidth=0)
    axes.plot(times, values, color=tint, linewidth=1)
    axes.set_ylim(0, 1.1 * max([value for value in values if value == value] + [1e-9]))  # noqa: PLR0124 - as above
    unit = panel["fieldConfig"]["defaults"]["unit"]
    place = axes.get_position()
    figure.text(place.x0, place.y1 + 0.22 / (rows * ROW_INCHES), in_units(last, unit), color=tint, size=17, va="center")


def draw_lines(figure: Figure, panel: Panel, night: Mapping[str, Any], rows: int) -> None:
    """Draw one line a series, with what happened marked, and the names below."""
    axes = axes_at(figure, panel, rows, head=0.42, foot=0.75)
    axes.set_facecolor(CARD)
    unit, start = panel["fieldConfig"]["defaults"]["unit"], night["start"]
    drawn = list(lines(panel, night["panels"][str(panel["id"])], start))
    for (name, times, values), tint in zip(drawn, COLOURS * (1 + len(drawn) // len(COLOURS)), strict=False):
        axes.plot(times, values, color=tint, linewidth=1.1, label=name)
    for event in night["events"]:
        axes.axvline((event["at"] - start) / 60, color=FAINT, linewidth=0.5, linestyle=":", alpha=0.7)
    axes.set_xlim(0, (night["end"] - start) / 60)
    axes.set_ylim(0, None)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(lambda value, _: in_units(value, unit))
    axes.tick_params(colors=FAINT, labelsize=7, length=0)
    axes.grid(color=LINE, linewidth=0.5)
    for side in axes.spines.values():
        side.set_visible(False)
    if drawn:
        width = panel["gridPos"]["w"] * COLUMN_INCHES - GAP - LEFT_INCHES
        axes.legend(
            loc="upper left",
            bbox_to_anchor=(-LEFT_INCHES / width, -0.12),
            ncols=3 if panel["gridPos"]["w"] >= WIDE else 2,
            fontsize=7,
            frameon=False,
            labelcolor=TEXT,
        )
    else:
        axes.text(0.5, 0.5, "no data", color=FAINT, transform=axes.transAxes, ha="center")


def draw(dashboard: Mapping[str, Any], night: Mapping[str, Any]) -> Figure:
    """Return the whole dashboard as a figure."""
    panels = dashboard["panels"]
    rows = HEAD_ROWS + max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    height = rows * ROW_INCHES
    figure = Figure(figsize=(COLUMNS * COLUMN_INCHES, height), facecolor=BACKGROUND)
    day = datetime.fromtimestamp(night["start"], UTC).strftime("%Y-%m-%d %H:%M UTC")
    figure.text(0.006, 1 - 0.2 / height, dashboard["title"], color=TEXT, size=14, va="center", weight="bold")
    figure.text(0.994, 1 - 0.2 / height, f"{SAID}; minutes since {day}", color=FAINT, size=8, va="center", ha="right")
    happened = "   ".join(f"{(each['at'] - night['start']) / 60:.1f} {each['what']}" for each in night["events"])
    figure.text(0.006, 1 - 0.5 / height, f"dotted, in minutes:  {happened}", color=FAINT, size=8, va="center")
    for panel in panels:
        if panel["type"] == "row":
            y = 1 - (panel["gridPos"]["y"] + HEAD_ROWS + 0.5) * ROW_INCHES / height
            figure.text(0.006, y, panel["title"], color=TEXT, size=11, va="center", weight="bold")
        elif panel["type"] == "stat":
            draw_stat(figure, panel, night["panels"][str(panel["id"])], night["start"], rows)
        else:
            draw_lines(figure, panel, night, rows)
    return figure


def main() -> None:
    """Draw it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answers", type=Path, help="what bench/dashboard_night.py has kept")
    parser.add_argument("picture", type=Path, help="PNG to write")
    asked = parser.parse_args()
    figure = draw(json.loads(DASHBOARD.read_text()), json.loads(asked.answers.read_text()))
    drawn = BytesIO()
    figure.savefig(drawn, dpi=90)
    Image.open(drawn).convert("RGB").quantize(TINTS).save(asked.picture, optimize=True)


if __name__ == "__main__":
    main()
