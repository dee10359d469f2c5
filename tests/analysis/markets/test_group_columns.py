"""The columns of several exchanges' sum: those that any has, all ending at one close, adding up to the last digit."""

import numpy as np
import pytest

from tests.support.fake_apps import app_of, ask
from tests.support.fake_exchange import HOUR, T0, FakeExchange


def test_columns_that_only_one_has_are_told(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """One listed four days ago has no part in the columns before; coverage, its source and a warning say so."""
    pair[1].listed = T0 - 4 * 86_400_000
    query = {"split": "true", "candles": "true", "range_pct": 20}
    body = ask(app_of(*pair), "/v1/heatmap", exchange="a,b", **query)
    times, coverage = body["grid"]["time"], body["coverage"]
    assert len(times) == coverage["columns"] == coverage["columns_wanted"] == 168
    assert coverage["columns_of_all"] == body["sources"][1]["columns"] == 96 - 24
    assert {len(part["long"]) for part in body["split"].values()} == {168}
    cells = np.array(body["split"]["b"]["long"])
    assert not cells[:96].any()
    assert cells[96:].any(axis=1).all()
    assert "96 of 168 columns lack an exchange whose bars do not reach there." in body["warnings"]
    assert any(warning.startswith("b: ") and "reaches back" in warning for warning in body["warnings"])
    assert len(body["candles"]["close"]) == 168


def test_candles_are_null_where_the_largest_one_has_no_bar(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """The dearer one is the larger one, and listed later; touches are looked for on its bars alone."""
    pair[1].listed = T0 - 4 * 86_400_000
    body = ask(app_of(*pair), "/v1/heatmap", exchange="a,b", candles="true")
    assert body["sources"][1]["weight"] > 0.5
    assert body["candles"]["close"].count(None) == 168 - 96
    assert ask(app_of(*pair), "/v1/touches", exchange="a,b", lookback="7d")["coverage"]["columns"] == 168


@pytest.mark.parametrize("late", [0, 1])
def test_all_end_at_one_close(late: int, pair: tuple[FakeExchange, FakeExchange]) -> None:
    """One is two bars late: the sum is of that moment for both, so that accounts equal what the last column holds."""
    pair[late].published = T0 - 2 * HOUR
    body = ask(app_of(*pair), "/v1/heatmap", exchange="a,b", split="true", lookback="12h")
    assert body["as_of"] == "2025-05-31T22:00:00Z"
    assert body["grid"]["time"][-1] == T0 - 3 * HOUR
    assert body["coverage"]["columns"] == body["coverage"]["columns_of_all"] == 12
    newest = ["2025-06-01T00:00:00Z", "2025-05-31T22:00:00Z"]
    assert [source["as_of"] for source in body["sources"]] == (newest if late else newest[::-1])
    assert body["coverage"]["missing_at_end"] == 2
    assert any("newest 2 bars are missing" in warning for warning in body["warnings"])
    alone = ask(app_of(FakeExchange("c")), "/v1/heatmap", exchange="c", as_of=body["as_of"], lookback="12h")
    for side in ("long", "short"):
        assert body["split"]["a" if late else "b"]["accounting"][side]["open_interest"] == pytest.approx(
            alone["accounting"][side]["open_interest"], rel=1e-9
        )


def test_open_interest_of_now_goes_along(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """An exchange without a history of it is not lost because another one is late."""
    pair[1].lacks(open_interest_history=False)
    pair[0].published = T0 - 2 * HOUR
    body = ask(app_of(*pair), "/v1/heatmap", exchange="a,b", split="true")
    assert [source["state"] for source in body["sources"]] == ["used", "used"]
    assert body["split"]["b"]["accounting"]["long"]["open_interest"] > 900


def test_bars_that_never_meet_leave_the_newer_one_out(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Listed after the other's last bar: it cannot be added up, and is named."""
    pair[0].published = T0 - 3 * HOUR
    pair[1].listed = T0 - 2 * HOUR
    body = ask(app_of(*pair), "/v1/heatmap", exchange="a,b")
    assert [source["state"] for source in body["sources"]] == ["used", "missing"]
    assert body["sources"][1]["reason"] == "b has no bar yet that the others have too"
