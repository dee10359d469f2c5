"""What the model makes of a few small tables, as one digest; `python -m tests.support.canonical_maps` records it."""

import csv
import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from service.heatmap import (
    MODEL_VERSION,
    Assumptions,
    Bars,
    Position,
    Shock,
    Side,
    VenueTerms,
    find_zones,
    heatmap_of,
    liquidation_price,
    parse_mix,
    price_axis,
    profile_of,
    run_cascade,
    take_inventory,
)
from service.heatmap.density import DEFAULT_DENSITY_RULES
from service.heatmap.margin import RULES, TierTable
from service.heatmap.zones import zones_axis
from service.market.contract import ladder

DATA = Path(__file__).parents[1] / "data"
TABLES, DIGESTS = DATA / "canonical_bars.csv", DATA / "model_digests.csv"
VERSION = Path(__file__).parents[2] / "service" / "heatmap" / "base" / "version.py"
# Amounts count to this share of the largest beside them: processors differ far beyond, changes of the model before it.
DIGITS = 6
COLUMNS = 48
# Table, rule of the exchange, and what is assumed.
MARKETS = (
    ("hours", "binance", Assumptions()),
    ("hours", "okx", Assumptions.of(parse_mix("5:0.3,20:0.4,50:0.2,1:0.1"), churn=0.7, position_notional=3e6)),
    ("gaps", "bybit", Assumptions.of(parse_mix("degen"))),
    ("inverse", "binance-inverse", Assumptions()),
    ("days", "hyperliquid", Assumptions.of(parse_mix("conservative"))),
    ("hours", "hyperliquid", Assumptions.of(parse_mix("default"), "hyperliquid")),
    ("gaps", "gate", Assumptions.of(parse_mix("bands"))),
)


def tiers() -> TierTable:
    """Return three risk tiers."""
    return ladder(np.array([0.0, 1e5, 2e6]), np.array([0.004, 0.01, 0.025]), np.array([100.0, 50.0, 20.0]), "exchange")


def tables() -> dict[str, Bars]:
    """Return the canonical tables by name."""
    rows: dict[str, list[dict[str, str]]] = {}
    with TABLES.open(newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["table"], []).append(row)
    return {name: _bars(table) for name, table in rows.items()}


def _bars(rows: list[dict[str, str]]) -> Bars:
    time = np.array([int(row["time"]) for row in rows])
    names = [field.name for field in fields(Bars) if field.name not in {"time", "step"}]
    arrays = {name: np.array([float(row[name] or "nan") for row in rows]) for name in names}
    return Bars(time=time, step=int(np.diff(time).min()), **arrays)


def results() -> Iterator[Any]:
    """Yield everything that counts: maps with their accounts, profiles, zones, a cascade and liquidation prices."""
    by_name = tables()
    for name, rule, assumptions in MARKETS:
        bars, terms = by_name[name], VenueTerms(rule, tiers(), 0.0005)
        price = float(bars.close[-1])
        inventory = take_inventory(bars, assumptions, terms, price_axis(price, 30.0, bins=120), COLUMNS)
        heatmap, profile = heatmap_of(inventory), profile_of(inventory, price)
        yield heatmap
        yield profile
        sides = heatmap.axis.edges, heatmap.long[-1], heatmap.short[-1]
        yield from _zones(bars, assumptions, terms, price)
        offsets = np.geomspace(0.0002, 0.2, 60)
        bids, asks = (
            np.column_stack((price * (1 + sign * offsets), 2e4 / price * (1 + 50 * offsets))) for sign in (-1, 1)
        )
        yield run_cascade(bids, asks, *sides, price, Shock(move_pct=-3.0), refill=1e5)
    for rule in sorted(RULES):
        position = Position(side=Side.SHORT, entry=100.0, size=900.0, leverage=12.0, taker_fee=0.0005)
        yield liquidation_price(position, tiers(), rule).price


def _zones(bars: Bars, assumptions: Assumptions, terms: VenueTerms, price: float) -> Iterator[Any]:
    """Yield the zones of the last column, on their own axis."""
    axis = zones_axis(price, price, DEFAULT_DENSITY_RULES)
    last = heatmap_of(take_inventory(bars, assumptions, terms, axis, 1))
    long, short = (np.asarray(grid[-1], dtype=np.float64) for grid in (last.long, last.short))
    zones = find_zones(axis, long, short, price, bars)
    yield from (zones.hot, zones.cold, zones.gap)


def model_digest() -> str:
    """Return the digest of what the model makes of the canonical tables."""
    digest = hashlib.sha256()
    for result in results():
        for piece in _pieces(result):
            digest.update(piece.encode())
            digest.update(b"|")
    return digest.hexdigest()[:16]


def _pieces(value: Any) -> Iterator[str]:
    """Yield a result's values as text, arrays to DIGITS of their largest; names do not count."""
    if is_dataclass(value):
        for name in sorted(field.name for field in fields(value)):
            yield from _pieces(getattr(value, name))
    elif isinstance(value, dict):
        for key in value:
            yield str(key)
            yield from _pieces(value[key])
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _pieces(item)
    elif isinstance(value, np.ndarray):
        known = np.abs(value[np.isfinite(value)])
        unit = 10.0 ** (np.floor(np.log10(known.max())) - DIGITS) if known.any() else 1.0
        whole = np.where(np.isfinite(value), np.rint(value / unit), -(2**62))
        yield f"{value.shape} {hashlib.sha256(whole.astype(np.int64).tobytes()).hexdigest()}"
    elif isinstance(value, float):
        yield f"{value:.{DIGITS}g}"
    else:
        yield str(value)


def recorded() -> dict[str, str]:
    """Return the digests that are recorded, by version of the model."""
    with DIGESTS.open(newline="") as file:
        return {row["model_version"]: row["digest"] for row in csv.DictReader(file)}


def record() -> None:
    """Write the digest of today's model under its version; a version that has another one already is not touched."""
    digest, known = model_digest(), recorded()
    if known.get(MODEL_VERSION, digest) != digest:
        sys.exit(f"The model has changed and is still called {MODEL_VERSION}: give it another MODEL_VERSION first.")
    lines = [f"{version},{each}" for version, each in (known | {MODEL_VERSION: digest}).items()]
    DIGESTS.write_text("\n".join(["model_version,digest", *lines]) + "\n")
    VERSION.write_text(re.sub(r'MODEL_DIGEST = ".*"', f'MODEL_DIGEST = "{digest}"', VERSION.read_text()))


if __name__ == "__main__":
    record()
