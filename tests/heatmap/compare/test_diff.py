from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.compare.alignment import MOST_BINS, How, MapColumn, align
from service.heatmap.compare.diff import compare_maps

COMPARISONS: list[How] = ["absolute", "relative"]


def column(seed: int, low: float = 80.0, width: float = 0.5, bins: int = 80, mark: float = 100.0) -> MapColumn:
    """Make a map of random inventory."""
    rng = np.random.default_rng(seed)
    edges = low + width * np.arange(bins + 1).astype(np.float64)
    return MapColumn(edges, rng.uniform(0, 1e6, bins), rng.uniform(0, 1e6, bins), rng.uniform(1e7, 1e8), mark)


columns = st.builds(
    column,
    seed=st.integers(0, 10_000),
    low=st.sampled_from([70.0, 80.0, 83.3]),
    width=st.sampled_from([0.25, 0.4, 0.5]),
    bins=st.integers(60, 90),
    mark=st.floats(95, 105),
)


@pytest.mark.parametrize("how", COMPARISONS)
def test_with_itself_is_zero(how: How) -> None:
    """A map differs from itself in nothing and agrees with itself in everything."""
    found = compare_maps(column(1), column(1), how)
    for part in (found.usd_long, found.usd_short, found.density_long, found.density_short):
        assert not part.any()
    for measures in found.agreement.values():
        assert measures.wasserstein_pct == 0
        assert measures.jensen_shannon == 0
        assert measures.rank_correlation == pytest.approx(1)
        assert measures.common_share == pytest.approx(1)
    assert found.basis_pct == 0


@given(a=columns, b=columns, how=st.sampled_from(COMPARISONS))
def test_antisymmetric(a: MapColumn, b: MapColumn, how: How) -> None:
    """Exchanging the maps turns every sign and no measure."""
    there, back = compare_maps(a, b, how), compare_maps(b, a, how)
    assert there.edges == pytest.approx(back.edges, rel=1e-12)
    for name in ("usd_long", "usd_short", "density_long", "density_short"):
        assert getattr(there, name) == pytest.approx(-getattr(back, name), rel=1e-9, abs=1e-9)
    assert there.basis_pct == -back.basis_pct
    for side, measures in there.agreement.items():
        assert vars(measures) == pytest.approx(vars(back.agreement[side]), abs=1e-9)


@given(a=columns, b=columns, how=st.sampled_from(COMPARISONS))
def test_nothing_is_lost(a: MapColumn, b: MapColumn, how: How) -> None:
    """The bins' differences add up to the difference of the maps, in USD and in shares of open interest."""
    found = compare_maps(a, b, how)
    assert found.usd_long.sum() == pytest.approx(a.long.sum() - b.long.sum(), abs=1e-2)
    shares = a.short.sum() / a.open_interest - b.short.sum() / b.open_interest
    assert found.density_short.sum() == pytest.approx(shares, abs=1e-9)


def test_what_is_beyond_the_edges_is_told() -> None:
    """It is in no bin, and handed through by side and map."""
    a, b = replace(column(1), outside_long=5.0, outside_short=6.0), replace(column(1), outside_long=7.0)
    found = compare_maps(a, b)
    assert (found.outside_long_usd_a, found.outside_short_usd_a) == (5.0, 6.0)
    assert (found.outside_long_usd_b, found.outside_short_usd_b) == (7.0, 0.0)
    assert not found.usd_long.any()


def test_relative_takes_out_the_basis() -> None:
    """The same positions quoted 2 % higher are the same map relative to the mark, and 2 % away in price."""
    a = column(5)
    b = replace(a, edges=a.edges * 1.02, mark=102.0)
    relative, absolute = compare_maps(a, b, "relative"), compare_maps(a, b, "absolute")
    assert relative.agreement["both"].wasserstein_pct == pytest.approx(0, abs=1e-9)
    assert relative.usd_long == pytest.approx(np.zeros(80), abs=1e-3)
    # Each price moves by 2 % of itself, on the whole by 2 % of the mean price of the inventory.
    centre = np.sum((a.edges[:-1] + a.edges[1:]) / 2 * (a.long + a.short)) / np.sum(a.long + a.short)
    assert absolute.agreement["both"].wasserstein_pct == pytest.approx(2 * centre / 101, rel=1e-2)
    assert absolute.basis_pct == pytest.approx(-200 * 2 / 202)


@pytest.mark.parametrize("bins", [1, 4, 7])
def test_shifted_map(bins: int) -> None:
    """On one axis, a map shifted by so many bins is that far away in % of the mark, and stays so when rebinned."""
    a = column(8)
    inner = (np.arange(80) >= 10) & (np.arange(80) < 70)
    a = replace(a, long=a.long * inner, short=a.short * inner)
    rolled = replace(a, long=np.roll(a.long, bins), short=np.roll(a.short, bins))
    moved = replace(a, edges=a.edges + bins * 0.5)
    for b in (rolled, moved):
        for measures in compare_maps(a, b, "absolute").agreement.values():
            assert measures.wasserstein_pct == pytest.approx(bins * 0.5)


def test_density_ignores_size() -> None:
    """The same positions at ten times the size differ in USD and not in density."""
    a = column(2)
    b = replace(a, long=10 * a.long, short=10 * a.short, open_interest=10 * a.open_interest)
    found = compare_maps(a, b)
    assert found.usd_long == pytest.approx(-9 * a.long)
    assert found.density_long == pytest.approx(np.zeros(80), abs=1e-12)


def test_axis_stays_bounded() -> None:
    """Two axes far apart are covered with at most 4,000 bins, and no mass is lost."""
    a, b = column(3, low=80.0, width=0.01), column(4, low=900.0, width=0.01)
    found = align(a, b, "absolute")
    assert len(found.edges) <= MOST_BINS + 1
    assert found.a.sum() == pytest.approx(a.long.sum() + a.short.sum())
    assert found.b.sum() == pytest.approx(b.long.sum() + b.short.sum())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"edges": np.zeros(81)}, "b.edges must be"),
        ({"long": np.zeros(3)}, "b.long must be 80 finite amounts"),
        ({"short": np.full(80, -1.0)}, "b.short must be 80 finite amounts of at least 0"),
        ({"outside_long": -1.0}, "b.outside_long must be"),
        ({"open_interest": 0.0}, "b.open_interest must be above 0"),
        ({"mark": float("nan")}, "b.mark must be above 0 and finite"),
    ],
)
def test_bad_map(change: dict[str, Any], says: str) -> None:
    """An unusable map is refused with which one, and which field."""
    with pytest.raises(ValueError, match=says):
        compare_maps(column(1), replace(column(1), **change))


def test_bad_alignment() -> None:
    """An alignment that is neither is refused."""
    with pytest.raises(ValueError, match="alignment must be absolute or relative"):
        compare_maps(column(1), column(1), "sideways")  # type: ignore[arg-type]  # that is what is tested
