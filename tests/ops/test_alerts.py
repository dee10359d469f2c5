"""Alerts and dashboard ask for metrics that there are, in sound PromQL, and each alert has its section to act by."""

import json
import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from tests.ops.test_prometheus import METRICS

ROOT = Path(__file__).resolve().parents[2]
RULES = [
    rule for group in yaml.safe_load((ROOT / "helm/files/alerts.yaml").read_text())["groups"] for rule in group["rules"]
]
DASHBOARD = json.loads((ROOT / "helm/dashboards/liquidation-heatmap.json").read_text())
OPERATIONS = (ROOT / "docs/operations.md").read_text()
# What the process that watches over the workers adds, see service/ops/metrics_server.py.
OF_THE_SERVER: dict[str, set[str]] = {
    "heatmap_workers": set(),
    "heatmap_request_threads": set(),
    "heatmap_worker_exits_total": set(),
}
# Labels that Prometheus itself adds.
ADDED = {"job", "le"}


def series() -> dict[str, set[str]]:
    """Return each series that is published, with its labels."""
    published: dict[str, set[str]] = {}
    for name, labels in (METRICS | OF_THE_SERVER).items():
        for suffix in ("", "_bucket", "_sum", "_count"):
            published[name + suffix] = labels | ADDED
    return published


def asked(query: str) -> list[tuple[str, set[str]]]:
    """Return the series that a query asks for, each with the labels that it names; raises where it is not PromQL."""
    text = query.replace("$__rate_interval", "5m").replace("$job", ".*")
    promql_parser.parse(text)
    selectors = re.findall(r"\b((?:heatmap|http_server)_\w+)(?:\{([^}]*)\})?", text)
    return [(name, set(re.findall(r"(\w+)\s*(?:=|!=|=~|!~)\s*\"", inside))) for name, inside in selectors]


def panels() -> list[dict[str, Any]]:
    """Return the panels that show something."""
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


QUERIES = [rule["expr"] for rule in RULES] + [each["expr"] for panel in panels() for each in panel["targets"]]


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_asks_for_what_there_is(query: str) -> None:
    """Sound PromQL, of series and labels that the service publishes, and grouped by labels that these have."""
    known, selected = series(), asked(query)
    assert selected
    assert [(name, labels) for name, labels in selected if not labels <= known.get(name, set())] == []
    grouped = {label.strip() for inside in re.findall(r"\bby \(([^)]*)\)", query) for label in inside.split(",")}
    assert grouped <= set().union(*(known[name] for name, _ in selected))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_can_be_acted_on(rule: dict[str, Any]) -> None:
    """It says how bad it is and what holds, and leads to a section of docs/operations.md that is there."""
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert page.endswith("/docs/operations.md")
    assert anchor == rule["alert"].lower()
    section = re.search(rf"^### {rule['alert']}\n(.*?)(?=^##|\Z)", OPERATIONS, re.MULTILINE | re.DOTALL)
    assert section, "docs/operations.md has no such section"
    assert len(section[1].split()) > 30


def test_every_metric_is_explained_and_shown() -> None:
    """docs/operations.md has a row for each metric, and the dashboard shows each but the one of the build."""
    text = "".join(QUERIES)
    for name in METRICS | OF_THE_SERVER:
        assert f"`{name}`" in OPERATIONS, name
        assert name == "heatmap_build_info" or name in text, name


def test_the_example_for_markets_works() -> None:
    """Its YAML is sound, and its alert asks for what the golden answer of a probe has, by labels that targets get."""
    scrape, alert = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", OPERATIONS, re.DOTALL))
    (rule,) = alert["groups"][0]["rules"]
    probe = json.loads((ROOT / "tests/golden/kept/probe.json").read_text())["body"]
    selected = asked(rule["expr"])
    assert {name for name, _ in selected} >= {"heatmap_next_zone_distance_ratio", "heatmap_data_quality"}
    assert [name for name, _ in selected if not re.search(rf"^{name}[ {{]", probe, re.MULTILINE)] == []
    (job,) = scrape["scrape_configs"]
    assert {"exchange", "symbol"} <= {each["target_label"] for each in job["relabel_configs"]}
    explained = OPERATIONS.split("## Alerts on markets")[1]
    for name in re.findall(r"^# TYPE (\w+)", probe, re.MULTILINE):
        assert f"`{name}`" in explained, name


# A figure of the first row, the alert that it belongs to, and from where on both are red.
RED = {
    "Own errors": ("HeatmapErrors", "> 14.4 * 0.001", 0.0144),
    "p99 of /v1": ("HeatmapSlow", "> 5", 5),
    "Threads taken": ("HeatmapThreadsBusy", "> 0.8", 0.8),
    "Exchanges left alone": ("HeatmapExchangeLeftAlone", "> 0", 1),
    "Workers": ("HeatmapDown", "== 0", None),
}


@pytest.mark.parametrize("title", RED)
def test_the_first_row_is_red_where_its_alert_rings(title: str) -> None:
    """The figure's threshold is the rule's; of the workers none at all is red, and one is green."""
    alert, rings, red = RED[title]
    (rule,) = [rule for rule in RULES if rule["alert"] == alert]
    assert rings in rule["expr"]
    (panel,) = [panel for panel in panels() if panel["title"] == title]
    steps = {step["color"]: step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]}
    assert steps["red"] == red
    assert steps["green"] == (1 if red is None else None)


def test_the_dashboard_holds_together() -> None:
    """Ids are unique, panels do not overlap, and each says what it shows."""
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    cells: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        own = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not own & cells, panel["title"]
        cells |= own
    assert all(panel["description"] and panel["title"] for panel in panels())
