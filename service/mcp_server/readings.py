"""An answer of the service in few words: its first figures, and how far it may be trusted.

Nothing is computed here but what a reader would do in his head: the first few, the least, a sum.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from service.mcp_server.answers import Band, SharedZone, Zone
from service.mcp_server.skill_line import SKILL

Body = Mapping[str, Any]

# A concise answer stays below 300 tokens, so that lists and sentences have their ends.
FIRST, LONGEST = 3, 90
# What is left out of `full`: a figure for each bin, for which there are other clients.
CELLS = {
    "grid",
    "edges",
    "usd_long",
    "usd_short",
    "density_long",
    "density_short",
}
# Heat is sent as a byte; from here on a bin belongs to a band, unless none does.
MOST_HEAT, HOT = 255, 217
# Said by a field of its own; of several exchanges it is said with a name before it.
SIMULATED = "This market is simulated."


def short(value: float | None) -> float | None:
    """Return a figure to five digits, which is more than any of them is worth."""
    return None if value is None else float(f"{value:.5g}")


def trust(detail: str, answer: Body, *bodies: Body) -> dict[str, Any]:
    """Return what stands in every tool's answer; `bodies` are the parts of `answer` that have an envelope."""
    oldest = min(bodies, key=lambda body: body["as_of"])
    names = [f"{body['exchange']} {body['symbol']}" for body in bodies]
    return {
        "market": " and ".join(dict.fromkeys(names)) if len(names) <= len("ab") else f"{len(names)} markets",
        "as_of": oldest["as_of"],
        "age_seconds": round(oldest["age_seconds"]),
        "coverage": short(min(map(_coverage, bodies))),
        "data_quality": short(min(body["data_quality"]["value"] for body in bodies)),
        "confidence": min((body["confidence"]["value"] for body in bodies if body["confidence"]), default=None),
        "simulated": any(body["simulated"] for body in bodies),
        "skill": SKILL,
        "warnings": told(detail, _warnings(bodies)),
        "full": full(detail, answer),
    }


def told(detail: str, warnings: Iterable[str]) -> list[str]:
    """Return the warnings; in a concise answer the first, cut short, and how many more there are."""
    every = list(dict.fromkeys(warnings))
    if detail == "full" or not every:
        return every
    first = every[0] if len(every[0]) <= LONGEST else f"{every[0][: LONGEST - 3]}..."
    return [first, f"and {len(every) - 1} more: detail=full"] if len(every) > 1 else [first]


def full(detail: str, body: Body) -> dict[str, Any] | None:
    """Return the service's own answer without its cells where all of it is wanted."""
    return {name: value for name, value in body.items() if name not in CELLS} if detail == "full" else None


def zones_of(found: Sequence[Body]) -> list[Zone]:
    """Return the first zones."""
    return [
        Zone(
            side=zone["side"],
            low=zone["low"],
            high=zone["high"],
            distance_pct=round(zone["distance_pct"], 2),
            usd=round(zone["notional"], -3),
            confidence=zone["confidence"],
            touch_24h=zone["touch_probability"]["h24"] if zone["touch_probability"] else None,
        )
        for zone in found[:FIRST]
    ]


def bands_of(grid: Body, price: float) -> list[Band]:
    """Return the fullest bands of the newest column, of both sides; the heaviest first.

    A band is a run of neighbouring bins whose heat is at least HOT, or the most that any bin of the column has.
    """
    heat, edges = grid["heat"][-1], grid["edges"]
    least = min(HOT, max(heat, default=0)) or 1
    full_bins = (n for n, value in enumerate(heat) if value >= least)
    runs = ([n for _, n in run] for _, run in groupby(enumerate(full_bins), lambda pair: pair[1] - pair[0]))
    split = [half for run in runs for half in _by_side(run, edges, price) if half]
    bands = [_band(run, grid, price) for run in split]
    return sorted(bands, key=lambda band: -band.usd)[:FIRST]


def shared_zones_of(consensus: Sequence[Body] | None) -> list[SharedZone]:
    """Return the first zones on which two maps agree."""
    return [SharedZone(side=zone["side"], low=zone["low"], high=zone["high"]) for zone in (consensus or ())[:FIRST]]


def _by_side(run: Sequence[int], edges: Sequence[float], price: float) -> tuple[list[int], list[int]]:
    below = [n for n in run if edges[n + 1] <= price]
    return below, [n for n in run if n not in below]


def _band(run: Sequence[int], grid: Body, price: float) -> Band:
    low, high = grid["edges"][run[0]], grid["edges"][run[-1] + 1]
    long, short_ = grid["long"][-1], grid["short"][-1]
    usd = sum(long[n] + short_[n] for n in run)
    heat = max(grid["heat"][-1][n] for n in run) / MOST_HEAT
    return Band(side="long" if high <= price else "short", low=low, high=high, heat=round(heat, 2), usd=usd)


def _coverage(body: Body) -> float:
    coverage = body["coverage"]
    wanted: int = coverage["columns_wanted"]
    return coverage["columns"] / wanted if wanted else 0.0


def _warnings(bodies: Sequence[Body]) -> Iterator[str]:
    """Yield first which exchange is missing, then all else that the parts warn of."""
    for body in bodies:
        for source in body.get("sources", ()):
            if source["state"] != "used":
                yield f"{source['exchange']} is not in it: {source['reason']}"
    for body in bodies:
        yield from (text for text in body["warnings"] if not text.endswith(SIMULATED))
