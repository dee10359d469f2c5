"""What is dear to compute is computed once for each estimate and each group of a request."""

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pytest

from service.analysis.markets.estimate import Estimate
from service.analysis.markets.group import Group
from tests.support.fake_apps import app_of, ask
from tests.support.fake_exchange import FakeExchange

DEAR = {
    Estimate: ("fingerprint", "data_quality", "open_interest_usd"),
    Group: ("weights", "fingerprint", "data_quality", "price", "columns"),
}
PATHS = {
    "/v1/diff": {"a": "one,two", "b": "three"},
    "/v1/zones": {"exchange": "one,two,three", "split": "true", "timeframes": "1h,4h", "lookback": "3d"},
    "/v1/scan": {"exchange": "one,two", "symbols": "BTC", "split": "true"},
    "/v1/heatmap": {"exchange": "one,two,three", "split": "true", "uncertainty": "true"},
    "/v1/cascade": {"exchange": "one", "move_pct": "-3", "samples": "10"},
}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, int]]:
    """Return how often each dear figure was computed, by figure and the object whose it is."""
    counts: Counter[tuple[str, int]] = Counter()
    alive: list[object] = []

    def counting(name: str, compute: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def computed(owner: object) -> Any:
            # Kept alive, so that no other object takes its place in memory.
            alive.append(owner)
            counts[name, id(owner)] += 1
            return compute(owner)

        return computed

    for owner, name in ((owner, name) for owner, names in DEAR.items() for name in names):
        attribute = vars(owner)[name]
        assert isinstance(attribute, cached_property)
        monkeypatch.setattr(attribute, "func", counting(f"{owner.__name__}.{name}", attribute.func))
    return counts


@pytest.mark.parametrize("path", PATHS)
def test_once_for_each(path: str, counted: Counter[tuple[str, int]]) -> None:
    """However many parts of an answer ask for it, nothing is computed twice for the same market."""
    app = app_of(FakeExchange("one"), FakeExchange("two", price=100.2), FakeExchange("three", price=99.7))
    ask(app, path, **PATHS[path])
    assert counted
    assert {key: times for key, times in counted.items() if times > 1} == {}


def test_a_diff_of_three_estimates(counted: Counter[tuple[str, int]]) -> None:
    """Two groups, and each member of the larger one alone for the consensus: four weighings, three of all else."""
    app = app_of(FakeExchange("one"), FakeExchange("two", price=100.2), FakeExchange("three", price=99.7))
    ask(app, "/v1/diff", **PATHS["/v1/diff"])
    totals: Counter[str] = Counter()
    for (name, _), times in counted.items():
        totals[name] += times
    assert totals["Group.weights"] == 4
    assert (
        totals["Estimate.open_interest_usd"] == totals["Estimate.data_quality"] == totals["Estimate.fingerprint"] == 3
    )
