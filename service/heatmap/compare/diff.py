"""The difference of two maps: exchange against exchange, moment against moment, assumption against assumption."""

from dataclasses import dataclass

from service.heatmap.base.arrays import Floats
from service.heatmap.compare.alignment import How, MapColumn, align
from service.heatmap.stats.agreement import Agreement, agreement_of


@dataclass(frozen=True, eq=False)
class Difference:
    """a - b, bin by bin.

    edges                 float64[B+1]  prices (absolute) or prices / mark (relative)
    usd_long/short        float64[B]    USD in a less USD in b
    density_long/short    float64[B]    the same, each map's USD first divided by its own open interest
    agreement             by side: `long`, `short`, and `both` judged as one
    basis_pct             100 x (mark a - mark b) / their mean
    outside_...           USD that stands beyond the edges and is in no bin: part of no other figure
    """

    alignment: How
    edges: Floats
    usd_long: Floats
    usd_short: Floats
    density_long: Floats
    density_short: Floats
    agreement: dict[str, Agreement]
    basis_pct: float
    outside_long_usd_a: float
    outside_short_usd_a: float
    outside_long_usd_b: float
    outside_short_usd_b: float


def compare_maps(a: MapColumn, b: MapColumn, alignment: How = "relative") -> Difference:
    """Return one map less another, on one axis, and how far the two agree.

    `compare_maps(b, a)` is the negative of `compare_maps(a, b)`.

    Parameters
    ----------
    a, b : MapColumn
        The two maps.
    alignment : {"relative", "absolute"}
        `relative` lays the maps over each other by price / mark, so that a basis between two exchanges, or a move
        between two moments, is not taken for a disagreement. `absolute` compares price with price.

    Returns
    -------
    Difference
        The difference bin by bin, and the measures of agreement.

    Raises
    ------
    ValueError
        Naming the argument that cannot be used.
    """
    both = align(a, b, alignment)
    usd = both.a - both.b
    density = both.a / a.open_interest - both.b / b.open_interest
    return Difference(
        alignment=alignment,
        edges=both.edges,
        usd_long=usd[0],
        usd_short=usd[1],
        density_long=density[0],
        density_short=density[1],
        agreement={
            "long": agreement_of(both.edges, both.a[0], both.b[0], both.unit),
            "short": agreement_of(both.edges, both.a[1], both.b[1], both.unit),
            "both": agreement_of(both.edges, both.a, both.b, both.unit),
        },
        basis_pct=200 * (a.mark - b.mark) / (a.mark + b.mark),
        outside_long_usd_a=a.outside_long,
        outside_short_usd_a=a.outside_short,
        outside_long_usd_b=b.outside_long,
        outside_short_usd_b=b.outside_short,
    )
