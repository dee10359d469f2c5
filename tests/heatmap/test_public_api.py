"""What the model exports is documented so that a tool can render it: numpydoc sections that agree with the code."""

import dataclasses
import inspect
from typing import Any

import pytest
from docstring_parser import Docstring, DocstringStyle, parse

from service import heatmap

DOCUMENTED = [name for name in heatmap.__all__ if callable(getattr(heatmap, name))]
FUNCTIONS = [name for name in DOCUMENTED if inspect.isfunction(getattr(heatmap, name))]
CLASSES = [name for name in DOCUMENTED if inspect.isclass(getattr(heatmap, name))]
RECORDS = [name for name in CLASSES if dataclasses.is_dataclass(getattr(heatmap, name))]


def parsed(name: str) -> Docstring:
    """Return the sections of the docstring of a public name."""
    return parse(inspect.getdoc(getattr(heatmap, name)) or "", style=DocstringStyle.NUMPYDOC)


def named(docs: Docstring, section: str) -> list[str]:
    """Return the names that a section describes, in order; one entry may describe several."""
    return [
        each.strip()
        for item in docs.params
        if item.args[0] == section
        for each in item.arg_name.split(",")
        if each.strip()
    ]


def source_raises(function: Any) -> bool:
    """Tell whether a function raises an error itself."""
    return "raise " in inspect.getsource(function)


def test_what_is_exported_is_documented_or_a_constant() -> None:
    """All but the version are functions or classes."""
    assert sorted({*FUNCTIONS, *CLASSES, "MODEL_VERSION"}) == sorted(heatmap.__all__)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_first_line_is_a_sentence(name: str) -> None:
    """A summary of one line comes first, and nothing is left without a description."""
    docs = parsed(name)
    assert docs.short_description
    assert "\n" not in docs.short_description
    assert docs.short_description.rstrip().endswith(".") or docs.long_description
    assert [item.arg_name for item in docs.params if not item.description or not item.type_name] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_parameters_are_those_of_the_function(name: str) -> None:
    """Every parameter has its entry, in the order of the signature, and there is no other."""
    assert named(parsed(name), "param") == list(inspect.signature(getattr(heatmap, name)).parameters)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_and_errors_are_described(name: str) -> None:
    """A function says what it returns, and which errors it raises."""
    docs, function = parsed(name), getattr(heatmap, name)
    assert docs.returns is not None
    assert docs.returns.description
    assert [item.type_name for item in docs.raises if not item.description] == []
    assert docs.raises or not source_raises(function)


@pytest.mark.parametrize("name", RECORDS)
def test_the_attributes_are_those_of_the_class(name: str) -> None:
    """Every field of a dataclass has its entry, in order, and there is no other."""
    assert named(parsed(name), "attribute") == [field.name for field in dataclasses.fields(getattr(heatmap, name))]


def test_the_parameters_of_an_error_are_those_it_is_made_with() -> None:
    """BadInput is made by callers that only the docstring tells what to give."""
    assert named(parsed("BadInput"), "param") == list(inspect.signature(heatmap.BadInput).parameters)
