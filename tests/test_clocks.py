"""A step of the system's clock moves nothing at once; steering does, and a step that stays is believed in the end."""

from typing import Any

import pytest

from service.app import create_app
from service.clocks import BELIEVED_SECONDS, STEERED_SECONDS, SteadyClock, seconds_since_boot
from service.market.contract import ExchangeUnavailable
from service.market.feed import LIMITS
from service.settings import Settings
from tests.support.fake_exchange import NOW, FakeExchange


class Machine:
    """A wall clock and a monotonic one, moved by hand."""

    def __init__(self) -> None:
        """Start at a moment."""
        self.wall, self.ticks = 1_700_000_000.0, 50.0
        self.clock = SteadyClock(lambda: self.wall, lambda: self.ticks)

    def passes(self, seconds: float) -> None:
        """Let time go by."""
        self.wall += seconds
        self.ticks += seconds


@pytest.fixture
def machine() -> Machine:
    """Return a machine whose clocks agree."""
    return Machine()


def test_seconds_only_go_forward() -> None:
    """And two looks in a row are in order."""
    first, second = seconds_since_boot(), seconds_since_boot()
    assert 0.0 < first <= second


@pytest.mark.parametrize("step", [3600.0, -3600.0, 1.5, -86_400.0])
def test_a_step_is_not_followed(machine: Machine, step: float) -> None:
    """Time goes on as it did, on both sides of the step."""
    began = machine.clock()
    machine.passes(10.0)
    machine.wall += step
    assert machine.clock() - began == pytest.approx(10.0)
    machine.passes(BELIEVED_SECONDS - 1.0)
    assert machine.clock() - began == pytest.approx(BELIEVED_SECONDS + 9.0)


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_a_step_that_stays_is_believed(machine: Machine, step: float) -> None:
    """A machine that started with a wrong clock is right in the end."""
    machine.wall += step
    machine.clock()
    machine.passes(BELIEVED_SECONDS)
    assert machine.clock() == pytest.approx(machine.wall)


def test_a_step_that_is_taken_back_leaves_nothing(machine: Machine) -> None:
    """The next one is waited for as long as the first."""
    machine.wall += 3600.0
    machine.clock()
    machine.passes(BELIEVED_SECONDS / 2)
    machine.wall -= 3600.0
    machine.clock()
    machine.wall += 3600.0
    machine.clock()
    machine.passes(BELIEVED_SECONDS / 2 + 1.0)
    assert machine.clock() == pytest.approx(machine.wall - 3600.0)


def test_steering_is_followed(machine: Machine) -> None:
    """A clock that is put right bit by bit takes ours along."""
    for _ in range(100):
        machine.passes(1.0)
        machine.wall += STEERED_SECONDS / 2
        assert machine.clock() == pytest.approx(machine.wall)


def test_one_clock_for_both_is_that_clock() -> None:
    """Where a test moves one clock, all that reads it moves along."""
    moments = iter([5.0, 5.0, 5000.0, 5000.0])
    ticks = lambda: next(moments)  # noqa: E731 - one for both
    assert SteadyClock(ticks, ticks)() == 5000.0


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_a_step_of_the_clock_changes_no_answer(step: float) -> None:
    """An hour ahead takes no forming bar for a closed one, an hour behind freezes nothing and makes no rest longer."""
    machine, fake = Machine(), FakeExchange("sim")
    machine.wall = NOW
    settings = Settings(stale_seconds=dict.fromkeys(LIMITS, 0.0))
    clocks: dict[str, Any] = {"clock": lambda: machine.wall, "monotonic": lambda: machine.ticks, "jitter": lambda: 0.0}
    app = create_app(settings, exchanges={"sim": fake}, **clocks).test_client()

    def ask() -> Any:
        answer = app.get("/v1/profile?exchange=sim")
        assert answer.status_code == 200
        return answer.get_json()

    before = ask()
    machine.wall += step
    machine.passes(20.0)
    after = ask()
    assert (after["as_of"], after["age_seconds"]) == (before["as_of"], pytest.approx(before["age_seconds"] + 20.0))
    assert len(fake.asked("order_book")) == 2
    fake.fail("order_book", ExchangeUnavailable("sim", "refuses", 30.0, rest=True))
    machine.passes(10.0)
    assert ask()["price_source"] == "last_close"
    machine.wall -= step
    machine.passes(31.0)
    del fake.before["order_book"]
    assert ask()["price_source"] == "book_middle"
