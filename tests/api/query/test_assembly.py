"""Queries become requests: every parameter has its place in one, and no place is left empty."""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from service.api.query.assembly import assembled
from service.api.query.cascade import CascadeQuery
from service.api.query.diff import DiffQuery
from service.api.query.exchanges import ExchangesQuery
from service.api.query.heatmap import HeatmapQuery
from service.api.query.liquidation_price import LiquidationPriceQuery
from service.api.query.markets import MarketsQuery
from service.api.query.profile import ProfileQuery
from service.api.query.scan import ScanQuery
from service.api.query.skill import SkillQuery
from service.api.query.strict import StrictQuery
from service.api.query.touches import TouchesQuery
from service.api.query.zones import ZonesQuery
from service.heatmap.inventory import Mix

EVERY = [
    HeatmapQuery, ProfileQuery, ZonesQuery, TouchesQuery, ScanQuery, DiffQuery, CascadeQuery, SkillQuery,
    LiquidationPriceQuery, ExchangesQuery, MarketsQuery,
]  # fmt: skip
# What a query must have besides its defaults.
NEEDED: dict[type[StrictQuery], dict[str, str]] = {
    **{
        query: {"exchange": "sim"} for query in EVERY if query not in {DiffQuery, ExchangesQuery, LiquidationPriceQuery}
    },
    LiquidationPriceQuery: {"side": "short", "entry": "60000"},
}
# What only some queries ask for, and the default stands in for in the others.
DEFAULTS = {"as_of", "timeframe", "bin_size", "usual_cells"}


@dataclass(frozen=True)
class Inner:
    """A part of a request."""

    a: int
    b: int = 7


@dataclass(frozen=True)
class Outer:
    """A request."""

    inner: Inner
    c: tuple[str, ...]


def leaves(request: Any) -> dict[str, Any]:
    """Return the values of a request by name, those of its parts among them."""
    found: dict[str, Any] = {}
    for field in fields(request):
        value = getattr(request, field.name)
        nested = is_dataclass(value) and not isinstance(value, Mix)
        found |= leaves(value) if nested else {field.name: value}
    return found


def test_a_part_is_made_of_the_same_values() -> None:
    """Parts take what bears their fields' names, lists become tuples, what is left out has its default."""
    assert assembled(Outer, {"a": 1, "c": ["x"]}) == Outer(Inner(1, 7), ("x",))
    assert assembled(Outer, {"inner": Inner(2), "c": []}) == Outer(Inner(2), ())


def test_a_value_that_is_missing_is_a_mistake_of_ours() -> None:
    """A field that no parameter fills and that has no default is not made up."""
    with pytest.raises(KeyError, match="'a'"):
        assembled(Outer, {"c": []})


@pytest.mark.parametrize("query", EVERY)
def test_every_parameter_has_its_place(query: type[StrictQuery]) -> None:
    """Nothing that a caller may say is dropped on the way, and nothing is asked that has no parameter."""
    schema = query()
    request = schema.load(MultiDict(NEEDED.get(query, {})))
    assert type(request) is query.request
    assert set(schema.load_fields) <= leaves(request).keys()
    assert leaves(request).keys() - set(schema.load_fields) <= DEFAULTS
