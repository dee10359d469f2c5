"""The tools on the simulated market: what is listed, what each answers, and what they say of how far to trust it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, Tool

from service.app import create_app
from service.mcp_server.asking import asking_in_process
from service.mcp_server.skill_line import SKILL
from service.mcp_server.tools import FORMULA, Tools, build_server
from service.settings import Settings
from tests.support.tool_calls import CALLS, called, checked, text_of

ROOT = Path(__file__).resolve().parents[2]
# Where the clock stands, and a moment two days before.
NOW, AS_OF = 1_760_000_000.0, "2025-10-07T08:00:00Z"
PAST = [name for name in CALLS if name not in {"cascade", "liquidation_price"}]
# What a concise answer may take, and how many characters are reckoned as one.
TOKENS, CHARACTERS = 300, 4
Listed = dict[str, Tool]


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return the application on simulated exchanges."""
    return create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: NOW)


@pytest.fixture(scope="module")
def told(app: Flask) -> tuple[Listed, dict[str, CallToolResult]]:
    """Return the tools and what each answers, of a fixed moment where it takes one."""
    calls = [(name, given | ({"as_of": AS_OF} if name in PAST else {})) for name, given in CALLS.items()]
    tools, results = called(build_server(asking_in_process(app), "1"), *calls)
    return tools, dict(zip(CALLS, results, strict=True))


def test_every_tool_is_listed_with_what_a_model_needs(told: tuple[Listed, Any]) -> None:
    """A title, a description, a description of each parameter, schemas, and hints that nothing is changed."""
    tools, _ = told
    assert list(tools) == list(CALLS)
    for tool in tools.values():
        assert tool.title
        assert len(str(tool.description)) > 100
        assert all(field["description"] for field in tool.input_schema["properties"].values())
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema is not None
        assert tool.annotations is not None
        assert (tool.annotations.read_only_hint, tool.annotations.open_world_hint) == (True, True)


@pytest.mark.parametrize("name", CALLS)
def test_each_answers_by_its_schema_in_few_tokens(name: str, told: tuple[Listed, dict[str, CallToolResult]]) -> None:
    """Structured content that the schema allows, the same as text, and in it how far it may be trusted."""
    tools, results = told
    answer = checked(tools[name], results[name])
    assert len(text_of(results[name])) / CHARACTERS < TOKENS
    assert answer["simulated"] is True
    assert answer["age_seconds"] >= 0
    assert answer["skill"] == (FORMULA if name == "liquidation_price" else SKILL)
    for part in ("coverage", "data_quality"):
        assert answer[part] is None if name == "liquidation_price" else 0 < answer[part] <= 1
    assert (answer["confidence"] is None) == (name != "zones")
    if name in PAST:
        assert answer["as_of"] == AS_OF


def test_concise_answers_repeat_the_services_figures(app: Flask, told: tuple[Listed, dict[str, Any]]) -> None:
    """Zones, the gap and the sides are those of /v1/zones and /v1/heatmap."""
    _, results = told
    query = {"exchange": "sim", "symbol": "BTC", "as_of": AS_OF, "range_pct": 15}
    zones = app.test_client().get("/v1/zones", query_string=query).get_json()
    found = results["zones"].structured_content
    assert [(zone["low"], zone["high"]) for zone in found["hot"]] == [
        (zone["low"], zone["high"]) for zone in zones["hot"][:3]
    ]
    assert (found["hot_count"], found["cold_count"]) == (len(zones["hot"]), len(zones["cold"]))
    grid = app.test_client().get("/v1/heatmap", query_string=query).get_json()["grid"]
    summary = results["heatmap"].structured_content
    assert summary["long_usd"] == sum(grid["long"][-1])
    assert summary["short_usd"] == sum(grid["short"][-1])
    assert summary["gap_low"] == pytest.approx(zones["gap"]["low"], rel=1e-4)
    for band in summary["hottest"]:
        assert (band["high"] <= summary["price"]) == (band["side"] == "long")


def test_full_has_the_services_own_answer_without_cells(app: Flask) -> None:
    """All that /v1/zones says; of the heatmap no grid."""
    server = build_server(asking_in_process(app), "1")
    given = {"exchange": "sim", "as_of": AS_OF, "detail": "full"}
    tools, (zones, heatmap) = called(server, ("zones", given), ("heatmap", given))
    assert checked(tools["zones"], zones)["full"]["hot"][0]["stop"]["price"] > 0
    found = checked(tools["heatmap"], heatmap)["full"]
    assert "accounting" in found
    assert "grid" not in found


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("zones", {"exchange": "nowhere"}, "exchange: Must be one of: sim, sim2"),
        ("zones", {"exchange": "sim", "range_pct": 200}, "range_pct: cannot be used; allowed: a number from 0.1 to 90"),
        ("zones", {"exchange": "sim", "as_of": "yesterday noon"}, "as_of: Must be RFC 3339"),
        ("cascade", {"exchange": "sim"}, "move_pct: 0 shocks are given. Allowed: one of move_pct, sell_usd, buy_usd"),
        ("liquidation_price", CALLS["liquidation_price"] | {"leverage": 0}, "a number from 1 to 1000"),
    ],
)
def test_errors_name_the_field_and_what_is_allowed(app: Flask, name: str, given: dict[str, Any], said: str) -> None:
    """As errors of the tool, which a model reads and mends."""
    _, (result,) = called(build_server(asking_in_process(app), "1"), (name, given))
    assert result.is_error
    assert said in text_of(result)


def test_a_scan_that_reads_nothing_says_why() -> None:
    """Each symbol with its reason, for there is nothing to rank."""
    failed = [{"symbol": "XYZ", "reason": "not listed"}]
    tools = Tools(lambda _path, _parameters: {"symbols": [], "failed": failed})
    with pytest.raises(ToolError, match="XYZ: not listed"):
        tools.scan("sim")


def test_a_scan_names_once_what_two_exchanges_do_not_list(app: Flask) -> None:
    """And ranks the others."""
    server = build_server(asking_in_process(app), "1")
    tools, (result,) = called(server, ("scan", {"exchange": "sim,sim2", "symbols": ["NOPE", "BTC"]}))
    found = checked(tools["scan"], result)
    assert [market["symbol"] for market in found["markets"]] == ["BTC/USDT:USDT"]
    assert found["failed"] == ["NOPE"]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("zones", {"exchange": "sim,sim2", "range_pct": 0.1}),
        ("heatmap", {"exchange": "sim,sim2", "range_pct": 90, "lookback": "12h", "timeframe": "5m"}),
        ("diff", {"a": "sim", "b": "sim"}),
        ("diff", {"a": "sim,sim2", "b": "sim2"}),
        ("cascade", {"exchange": "sim", "buy_usd": 1e11}),
        ("scan", {"exchange": "sim,sim2"}),
        ("liquidation_price", CALLS["liquidation_price"] | {"leverage": 1}),
        ("liquidation_price", CALLS["liquidation_price"] | {"leverage": 900, "size": 1e6}),
    ],
)
def test_unusual_questions_are_answered_by_the_schema_too(app: Flask, name: str, given: dict[str, Any]) -> None:
    """Nothing to show, the widest range, several exchanges, no price: by the schema, and in few tokens."""
    tools, (result,) = called(build_server(asking_in_process(app), "1"), (name, given))
    checked(tools[name], result)
    assert len(text_of(result)) / CHARACTERS < TOKENS


def test_the_skill_line_is_that_of_the_measurement() -> None:
    """Each figure stands in docs/accuracy.md as it is said here, and so does what the map does not tell."""
    text = (ROOT / "docs" / "accuracy.md").read_text()
    for figures in ("1.6/1.9/2.6", "1.2/1.0/0.9"):
        assert figures in SKILL
        assert figures.replace("/", " / ") in text
    for words in ("61 days", "how far a fall goes on", "price reacts at a zone"):
        assert words in SKILL
        assert words in text


def test_the_conversation_in_the_docs_is_real(told: tuple[Listed, dict[str, Any]]) -> None:
    """The call is one of these, and each figure shown is of its answer."""
    _, results = told
    page = (ROOT / "docs" / "mcp.md").read_text().partition("## A conversation")[2]
    asked, shown = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    assert asked == {"exchange": "sim", "as_of": AS_OF}
    answer = results["zones"].structured_content
    assert {name: answer[name] for name in shown} == shown


def test_the_docs_list_every_tool() -> None:
    """Each in a row of the table, in order."""
    page = (ROOT / "docs" / "mcp.md").read_text()
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(CALLS)
