"""Each call of an exchange has its name, and is otherwise the exchange's own."""

import inspect
from typing import Any

import pytest

from service.market.contract import BadData, Exchange
from service.market.feed import NamedCalls
from service.ops.request_scope import OTHER, current_kind
from tests.support.fake_exchange import FakeExchange

CALLS = [name for name, _ in inspect.getmembers(Exchange, inspect.isfunction) if not name.startswith("_")]


class Asked:
    """What stands for an exchange, and answers each call with its arguments and its name."""

    id, name, simulated, liquidation_rule, capabilities = "x", "X", False, "binance", None

    def __getattr__(self, name: str) -> Any:
        """Return such a call."""
        return lambda *given: (name, given, current_kind())


@pytest.mark.parametrize("call", CALLS)
def test_each_call_is_named_and_passed_on(call: str) -> None:
    """Arguments and result are those of the exchange; the name is known while it works, and forgotten after."""
    named = NamedCalls(Asked())  # type: ignore[arg-type]  # answers what the test looks at
    given = tuple(inspect.signature(getattr(Exchange, call)).parameters)[1:]
    called, passed, kind = getattr(named, call)(*given)
    assert (called, passed) == (call, given)
    assert kind != OTHER
    assert current_kind() == OTHER


def test_what_an_exchange_can_do_may_change() -> None:
    """Capabilities are read when they are asked for."""
    fake = FakeExchange()
    named = NamedCalls(fake)
    fake.lacks(funding=False)
    assert named.capabilities is fake.capabilities


@pytest.mark.parametrize("error", [TypeError, ValueError, KeyError, IndexError, AttributeError, ZeroDivisionError])
@pytest.mark.parametrize("call", CALLS)
def test_what_an_adapter_cannot_read_is_bad_data(call: str, error: type[Exception]) -> None:
    """What an adapter trips over outside its own guard costs this data, and is no error of the service."""

    class Tripping(Asked):
        def __getattr__(self, name: str) -> Any:
            def trip(*_: object) -> None:
                raise error("list object has no such thing")

            return trip

    named = NamedCalls(Tripping())  # type: ignore[arg-type]  # answers what the test looks at
    given = tuple(inspect.signature(getattr(Exchange, call)).parameters)[1:]
    with pytest.raises(BadData):
        getattr(named, call)(*given)
    assert current_kind() == OTHER
