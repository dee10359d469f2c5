"""The server, which refuses an argument by its name and says what is allowed."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, InputRequiredResult, TextContent, Tool
from pydantic import ValidationError

_DECIMAL = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?")


class CheckedServer(MCPServer[Any]):
    """An MCP server whose errors name the field and its range, and which takes no argument that it does not know."""

    async def list_tools(self) -> list[Tool]:
        """Return the tools; their schemas allow no other arguments."""
        tools = await super().list_tools()
        return [tool.model_copy(update={"input_schema": _closed(tool.input_schema)}) for tool in tools]

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; raises ToolError with a sentence for each argument that cannot be used."""
        schema = next((tool.input_schema for tool in await self.list_tools() if tool.name == name), None)
        known = schema["properties"] if schema else arguments
        if unknown := sorted(arguments.keys() - known.keys()):
            raise ToolError(f"{', '.join(unknown)}: unknown; allowed: {', '.join(known)}")
        if unclear := [name for name, value in arguments.items() if schema and _is_unclear(known[name], value)]:
            raise ToolError("; ".join(f"{name}: cannot be used; allowed: {_allowed(known[name])}" for name in unclear))
        try:
            result = await super().call_tool(name, arguments, context)
        except ToolError as error:
            if not isinstance(error.__cause__, ValidationError):
                raise
            raise ToolError("; ".join(_refusals(error.__cause__, known))) from None
        return _compact(result) if isinstance(result, CallToolResult) else result


def _compact(result: CallToolResult) -> CallToolResult:
    """Return a result whose text is its structured content without a space, which a model would pay for."""
    text = json.dumps(result.structured_content, separators=(",", ":"), ensure_ascii=False)
    return result.model_copy(update={"content": [TextContent(type="text", text=text)]})


def _closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**schema, "additionalProperties": False}


def _is_unclear(schema: Mapping[str, Any], value: object) -> bool:
    """Return whether a number is meant and Python alone would read one: true, 1_000, digits of another script."""
    if not any(kind.get("type") in {"number", "integer"} for kind in schema.get("anyOf", [schema])):
        return False
    return isinstance(value, bool) or (isinstance(value, str) and not _DECIMAL.fullmatch(value))


def _refusals(error: ValidationError, known: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each field at fault."""
    for field in dict.fromkeys(str(fault["loc"][0]) for fault in error.errors()):
        missing = any(fault["type"] == "missing" and fault["loc"] == (field,) for fault in error.errors())
        yield f"{field}: {'is needed' if missing else 'cannot be used'}; allowed: {_allowed(known.get(field, {}))}"


def _allowed(schema: Mapping[str, Any]) -> str:
    """Return the range of a field in words."""
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    kind = {**schema, **kinds[0]} if kinds else schema
    if "enum" in kind:
        return ", ".join(kind["enum"])
    least, most = kind.get("minimum", kind.get("exclusiveMinimum")), kind.get("maximum")
    if least is not None:
        above = "more than " if "exclusiveMinimum" in kind else ""
        return f"a number from {above}{least:g} to {most:g}"
    return str(schema.get("description", kind.get("type", "")))
