"""The twin that does nothing is everything that the protocol asks for."""

import inspect
import re
from pathlib import Path

import pytest

from service.ops.instruments import NO_INSTRUMENTS, Instruments, NoInstruments
from service.ops.prometheus import PrometheusInstruments

NAMES = [name for name, _ in inspect.getmembers(Instruments, inspect.isfunction) if not name.startswith("_")]
SERVICE = Path(__file__).resolve().parents[2] / "service"


@pytest.mark.parametrize("name", NAMES)
def test_whoever_measures_needs_no_metrics(name: str) -> None:
    """Each call can be made of either, with the same arguments, and of the twin leaves nothing behind."""
    asked = inspect.signature(getattr(Instruments, name))
    assert inspect.signature(getattr(NoInstruments, name)) == asked
    assert inspect.signature(getattr(PrometheusInstruments, name)) == asked
    given = ["x" if each.annotation is str else 1 for each in list(asked.parameters.values())[1:]]
    assert getattr(NO_INSTRUMENTS, name)(*given) is None


@pytest.mark.parametrize("name", NAMES)
def test_everything_that_can_be_told_is_told(name: str) -> None:
    """Nothing is measured on paper alone: some module outside the instruments calls it."""
    callers = [path for path in SERVICE.rglob("*.py") if path.parent.name != "ops"]
    assert any(re.search(rf"(instruments|tell|told)\.{name}\b", path.read_text()) for path in callers)
