"""Arguments that cannot be used, refused by name with what is allowed."""

import json
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from service.mcp_server.checked_server import CheckedServer
from tests.support.tool_calls import called, text_of


class Sum(BaseModel):
    """What the tool of these tests answers."""

    value: float


def add(
    first: Annotated[float, Field(ge=0.5, le=9)],
    kind: Literal["plain", "squared"] = "plain",
    second: Annotated[float | None, Field(gt=0, le=5)] = None,
    name: Annotated[str, Field(max_length=3, description="A short name")] = "abc",
) -> Sum:
    """Add two figures."""
    assert name
    return Sum(value=first + (second or 0) + (kind == "squared"))


@pytest.fixture
def server() -> CheckedServer:
    """Return a server with that tool."""
    made = CheckedServer("test", log_level="CRITICAL")
    made.add_tool(add)
    return made


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "first: is needed; allowed: a number from 0.5 to 9"),
        ({"first": 10}, "first: cannot be used; allowed: a number from 0.5 to 9"),
        ({"first": 1, "second": 0}, "second: cannot be used; allowed: a number from more than 0 to 5"),
        ({"first": 1, "kind": "cubed"}, "kind: cannot be used; allowed: plain, squared"),
        ({"first": 1, "name": "abcd"}, "name: cannot be used; allowed: A short name"),
        ({"first": 1, "third": 2}, "third: unknown; allowed: first, kind, second, name"),
        ({"first": True}, "first: cannot be used; allowed: a number from 0.5 to 9"),
        ({"first": "1_0"}, "first: cannot be used; allowed: a number from 0.5 to 9"),
        ({"first": 1, "second": "２"}, "second: cannot be used; allowed: a number"),  # noqa: RUF001 - of another script
        ({"first": 0, "kind": "x"}, "first: cannot be used; allowed: a number from 0.5 to 9; kind: cannot be used;"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_range(
    server: CheckedServer, given: dict[str, object], said: str
) -> None:
    """Every field at fault, in one sentence each."""
    _, (result,) = called(server, ("add", given))
    assert result.is_error
    assert text_of(result).startswith(said)


def test_a_number_may_be_written_as_text(server: CheckedServer) -> None:
    """In plain digits, as some models send it."""
    _, (result,) = called(server, ("add", {"first": "1.5", "second": None}))
    assert not result.is_error
    assert json.loads(text_of(result)) == {"value": 1.5}


def test_a_result_is_its_structured_content_without_spaces(server: CheckedServer) -> None:
    """The text is what the schema describes."""
    tools, (result,) = called(server, ("add", {"first": 1, "second": 2}))
    assert text_of(result) == '{"value":3.0}'
    assert result.structured_content == json.loads(text_of(result))
    assert tools["add"].input_schema["additionalProperties"] is False


def test_an_unknown_tool_is_an_error(server: CheckedServer) -> None:
    """And no crash."""
    _, (result,) = called(server, ("subtract", {"first": 1}))
    assert result.is_error
    assert "subtract" in text_of(result)
