"""The picture of the dashboard: every panel is on it, with the dashboard's own names, units and thresholds."""

import json

import pytest

from bench.dashboard_night import DASHBOARD
from bench.draw_dashboard import colour, draw, in_units, legend

BOARD = json.loads(DASHBOARD.read_text())
PANELS = {panel["title"]: panel for panel in BOARD["panels"]}


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0144, "percentunit", "1.44 %"),
        (0.25, "s", "250 ms"),
        (12.44, "s", "12.4 s"),
        (8 * 1024**2, "bytes", "8 MiB"),
        (3.4, "reqps", "3.4 req/s"),
        (2, "short", "2"),
    ],
)
def test_values_are_in_their_units(value: float, unit: str, text: str) -> None:
    """Three figures, and the unit that the panel names."""
    assert in_units(value, unit) == text


@pytest.mark.parametrize(
    ("title", "value", "tint"),
    [
        ("Workers", 0, "#f85149"),
        ("Workers", 2, "#3fb950"),
        ("Own errors", 0.02, "#f85149"),
        ("Own errors", 0, "#3fb950"),
    ],
)
def test_figures_have_the_colour_of_their_threshold(title: str, value: float, tint: str) -> None:
    """Red where the dashboard says so."""
    assert colour(PANELS[title], value) == tint


def test_lines_are_named_as_the_dashboard_names_them() -> None:
    """Labels in the place of the braces; one that a series has not is left out."""
    assert legend({"legendFormat": "{{exchange}} {{outcome}}"}, {"exchange": "okx", "outcome": "ok"}) == "okx ok"
    assert legend({"legendFormat": "{{reason}}"}, {}) == ""


@pytest.mark.slow
def test_every_panel_is_drawn() -> None:
    """Its title is there, its lines are, and one without data says so."""
    labels = dict.fromkeys(("route", "code", "result", "reason", "exchange", "outcome", "kind"), "some")
    series = {"metric": labels, "values": [[0, "1"], [30, "NaN"], [60, "2"]]}
    filled = {
        str(panel["id"]): [[series] if panel["title"] != "Turned away" else [] for _ in panel["targets"]]
        for panel in BOARD["panels"]
        if panel.get("targets")
    }
    figure = draw(BOARD, {"start": 0, "end": 60, "events": [{"at": 30, "what": "OKX hangs"}], "panels": filled})
    said = [text.get_text() for text in figure.texts]
    assert set(PANELS) <= set(said)
    assert any("no screenshot" in text for text in said)
    drawn = [axes for axes in figure.axes if axes.lines]
    assert len(drawn) == len(filled)
    assert [text.get_text() for axes in figure.axes for text in axes.texts] == ["no data"]
