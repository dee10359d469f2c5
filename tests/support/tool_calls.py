"""The tools called through the package's own client."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import jsonschema
from mcp import Client
from mcp.types import CallToolResult, TextContent, Tool

# One call of each tool, as a model would make it.
CALLS: dict[str, dict[str, Any]] = {
    "zones": {"exchange": "sim"},
    "heatmap": {"exchange": "sim"},
    "diff": {"a": "sim", "b": "sim2"},
    "cascade": {"exchange": "sim", "move_pct": -3},
    "scan": {"exchange": "sim", "symbols": ["BTC", "ETH", "SOL"]},
    "skill": {"exchange": "sim", "lookback": "14d"},
    "liquidation_price": {"exchange": "sim", "side": "long", "entry": 60000, "leverage": 10},
}

Asked = Sequence[tuple[str, dict[str, Any]]]


def called(server: Any, *calls: tuple[str, dict[str, Any]]) -> tuple[dict[str, Tool], list[CallToolResult]]:
    """Return the listed tools by name and what each call gave; `server` is a server, an address or a transport."""

    async def talk() -> tuple[dict[str, Tool], list[CallToolResult]]:
        async with Client(server) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            return tools, [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(talk())


def text_of(result: CallToolResult) -> str:
    """Return the text of a result, which has one."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def checked(tool: Tool, result: CallToolResult) -> dict[str, Any]:
    """Return the structured content of a result that the tool's schema allows and that its text repeats."""
    assert not result.is_error, text_of(result)
    assert tool.output_schema is not None
    found: dict[str, Any] = result.structured_content
    jsonschema.validate(found, tool.output_schema)
    assert json.loads(text_of(result)) == found
    return found
