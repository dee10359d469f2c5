"""The parameters of /v1/zones: one timeframe or several, and which zones are given."""

import pytest
from marshmallow import ValidationError
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict

from service.analysis.results.zones import ZonesRequest
from service.api.query.zones import ZonesQuery


def load(**query: str) -> ZonesRequest:
    """Return the request of a query on `sim`."""
    schema = ZonesQuery()
    found: ZonesRequest = schema.load(MultiDictProxy(MultiDict({"exchange": "sim", **query}), schema))
    return found


def frames(**query: str) -> tuple[list[str], str]:
    """Return the timeframes of a query, and the one of its market."""
    request = load(**query)
    return list(request.timeframes), request.market.timeframe


def test_several_timeframes_are_one_request_in_any_order() -> None:
    """From the shortest to the longest, the first in place of the one; one alone is that one."""
    assert frames(timeframes="4h,1h") == frames(timeframes="1h,4h") == (["1h", "4h"], "1h")
    assert frames(timeframes="4h") == frames(timeframe="4h") == (["4h"], "4h")
    assert frames() == (["1h"], "1h")


def test_another_timeframe_beside_them_is_refused() -> None:
    """The default is no contradiction: generated clients send it along."""
    assert frames(timeframes="4h", timeframe="1h") == (["4h"], "4h")
    with pytest.raises(ValidationError) as caught:
        load(timeframes="1h,4h", timeframe="5m")
    assert list(caught.value.messages_dict) == ["timeframes"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("timeframes", "1h,2h"), ("timeframes", "5m,15m,30m,1h,4h"), ("kind", "warm"), ("side", "both"), ("top", "0"),
     ("top", "201"), ("within_pct", "91"), ("min_share", "1.1")],
)  # fmt: skip
def test_what_is_out_of_range_is_named(name: str, value: str) -> None:
    """By its parameter."""
    with pytest.raises(ValidationError) as caught:
        load(**{name: value})
    assert list(caught.value.messages_dict) == [name]


def test_the_filter_is_what_was_asked_for() -> None:
    """Both kinds and sides where nothing is said."""
    assert load().filter.kind is None
    chosen = load(kind="hot", side="long", top="3", within_pct="5", min_share="0.1").filter
    assert (chosen.kind, chosen.side, chosen.top, chosen.within_pct, chosen.min_share) == ("hot", "long", 3, 5.0, 0.1)
