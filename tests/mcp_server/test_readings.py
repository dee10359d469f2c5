"""An answer of the service in few words, on small answers."""

from typing import Any

import pytest

from service.mcp_server.readings import LONGEST, bands_of, full, short, told, trust


def body(**changes: Any) -> dict[str, Any]:
    """Return an answer's envelope."""
    usual = {
        "exchange": "binance",
        "symbol": "BTC",
        "as_of": "2026-01-01T00:00:00Z",
        "age_seconds": 10.4,
        "coverage": {"columns": 168, "columns_wanted": 168},
        "data_quality": {"value": 0.9},
        "confidence": {"value": 0.6},
        "simulated": False,
        "warnings": [],
        "sources": [],
    }
    return usual | changes


def test_of_several_the_oldest_and_the_lowest_stand() -> None:
    """Trust is that of the weakest part, and one invented market makes the answer an invented one."""
    weak = body(
        exchange="sim",
        as_of="2025-12-31T00:00:00Z",
        age_seconds=86410.0,
        coverage={"columns": 84, "columns_wanted": 168},
        data_quality={"value": 0.3},
        confidence={"value": 0.2},
        simulated=True,
    )
    found = trust("concise", {}, body(), weak)
    assert found["market"] == "binance BTC and sim BTC"
    assert (found["as_of"], found["age_seconds"]) == ("2025-12-31T00:00:00Z", 86410)
    assert (found["coverage"], found["data_quality"], found["confidence"], found["simulated"]) == (0.5, 0.3, 0.2, True)
    assert trust("concise", {}, body(confidence=None))["confidence"] is None


def test_a_missing_exchange_comes_before_all_warnings() -> None:
    """Whoever reads one sentence reads that one."""
    sources = [
        {"exchange": "binance", "state": "used", "reason": None},
        {"exchange": "okx", "state": "failed", "reason": "timeout"},
    ]
    found = trust("concise", {}, body(sources=sources, warnings=["a", "b"]))
    assert found["warnings"] == ["okx is not in it: timeout", "and 2 more: detail=full"]


def test_that_a_market_is_simulated_is_a_field_and_no_warning() -> None:
    """By itself and among several exchanges, so that it hides no other warning."""
    given = ["This market is simulated.", "sim2: This market is simulated.", "Low data quality"]
    assert trust("concise", {}, body(warnings=given, simulated=True))["warnings"] == ["Low data quality"]


@pytest.mark.parametrize(
    ("detail", "given", "expected"),
    [
        ("concise", [], []),
        ("concise", ["a", "a"], ["a"]),
        ("concise", ["x" * 200], ["x" * (LONGEST - 3) + "..."]),
        ("full", ["a", "x" * 200], ["a", "x" * 200]),
    ],
)
def test_a_concise_answer_cuts_warnings_short(detail: str, given: list[str], expected: list[str]) -> None:
    """And a full one does not."""
    assert told(detail, given) == expected


def test_cells_are_left_out_of_a_full_answer() -> None:
    """A concise one has none of it."""
    answer = {"grid": {"long": [[1]]}, "accounting": {}}
    assert full("full", answer) == {"accounting": {}}
    assert full("concise", answer) is None


def grid(heat: list[int], **amounts: list[float]) -> dict[str, Any]:
    """Return a map of one column, with bins of 10 from 70 on."""
    nothing = [0.0] * len(heat)
    usual = {"long": nothing, "short": nothing} | amounts
    edges = [70 + 10 * n for n in range(len(heat) + 1)]
    return {"edges": edges, "heat": [heat]} | {side: [values] for side, values in usual.items()}


def test_bands_are_runs_of_full_bins_split_at_the_price() -> None:
    """The heaviest first, each on its side."""
    made = grid([0, 230, 240, 250, 0, 255], long=[9, 1, 2, 0, 0, 0], short=[0, 0, 0, 4, 7, 50])
    found = [(band.side, band.low, band.high, band.usd, band.heat) for band in bands_of(made, 100.0)]
    assert found == [("short", 120, 130, 50, 1.0), ("short", 100, 110, 4, 0.98), ("long", 80, 100, 3, 0.94)]


def test_where_nothing_is_hot_the_fullest_bin_stands() -> None:
    """And in an empty map no band at all."""
    (band,) = bands_of(grid([10, 20, 0], long=[5, 6, 0]), 100.0)
    assert (band.low, band.high, band.usd) == (80, 90, 6)
    assert bands_of(grid([0, 0, 0]), 100.0) == []


def test_figures_have_five_digits() -> None:
    """Small ones too."""
    assert (short(123456.7), short(0.000123456), short(None)) == (123460.0, 0.00012346, None)
