"""Hold the cascade against what prices did: falls of 1, 2 and 3 % within an hour, and the crashes among them by name.

Run: python -m bench.crashes TABLE... [--events N]     (a name with "bars-" is taken to be Hyperliquid's)

Each fall is an hour that traded so far below the close before. From what was known when that hour opened, its map, a
typical book and the last day's turnover, the cascade says where forced orders alone would carry the price (q10, q50,
q90), for each state of the book. Beside it stand two nulls: a flat map that holds as much as the true one within 30 %,
and the base rate, which is how far earlier falls as large went on in the same market, all of them or those with about
as much of the map in their way. `real` is the lowest price of that hour and of the 24 hours from its opening. All are
in % of the close before.

`held` is the share of falls whose real low lies from q90 (the deepest) to q10; .8 is right for a forecast, and a
cascade is none: it leaves out every sale that is not forced. `loss` is the mean quantile (pinball) loss, in points;
less is better. Intervals are the middle nine tenths of RESAMPLES draws of whole days, all markets of a day together.
Past books are not public: the typical one holds 1 % of open interest within each percent down to 5 %.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bench.crash_falls import CRASHES, Fall, falls, market_of
from service.heatmap.base import Floats
from service.heatmap.cascade import STATES

SHOCKS = (1.0, 2.0, 3.0)
RESAMPLES = 400
TENTHS = np.array([0.1, 0.5, 0.9])


def held(said: Floats, real: float) -> bool:
    """Tell whether a low lies between the deepest and the mildest tenth."""
    return bool(said[2] - 1e-9 <= real <= said[0] + 1e-9)


def loss(said: Floats, real: float) -> float:
    """Return the mean quantile loss of the three tenths, in points."""
    over = real - said[::-1]
    return float(np.maximum(TENTHS * over, (TENTHS - 1.0) * over).mean())


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Return Spearman's coefficient, ties in order."""
    first, second = (np.argsort(np.argsort(values, kind="stable")).astype(float) for values in (one, other))
    return float(np.corrcoef(first, second)[0, 1])


def resampled(found: Sequence[Fall], figure: Callable[[Sequence[Fall]], float]) -> str:
    """Return a figure of some falls with the middle nine tenths of it over draws of their days."""
    by_day: dict[str, list[Fall]] = {}
    for fall in found:
        by_day.setdefault(fall.day, []).append(fall)
    days, rng = list(by_day.values()), np.random.default_rng(0)
    drawn = [
        figure([fall for day in rng.integers(len(days), size=len(days)) for fall in days[day]])
        for _ in range(RESAMPLES)
    ]
    low, high = np.nanquantile(drawn, (0.05, 0.95))
    return f"{figure(found):.2f} [{low:.2f}, {high:.2f}]"


def crashes(found: Sequence[Fall]) -> None:
    """Print the first fall of each size on the crashes' days."""
    print("\n## The crashes\n")
    said = "map, event: q10 q50 q90 | flat map, event | map, worst | base rate, hour | base rate, day"
    print(f"| crash | shock | real low, hour | real low, day | {said} |\n|---|---|---|---|---|---|---|---|---|")
    seen = set()
    for fall in found:
        key = fall.market, fall.day, fall.shock
        if fall.day not in CRASHES or key in seen:
            continue
        seen.add(key)
        base = fall.said("base rate")
        cells = [
            f"{fall.market} {fall.hour[:13]}",
            f"{fall.shock:g} %",
            f"{fall.real[0]:.1f} %",
            f"{fall.real[1]:.1f} %",
            _three(fall.cascades["event"]),
            _three(fall.flat["event"]),
            _three(fall.cascades["worst"]),
            *([_three(each) for each in base] if base else ["too few"] * 2),
        ]
        print(f"| {' | '.join(cells)} |")


def _three(said: Floats) -> str:
    return " ".join(f"{value:.1f}" for value in said[::-1])


TELLERS = (
    *(f"{name}, {state}" for name in ("map", "flat map") for state in STATES),
    "base rate",
    "base rate, as much in the way",
)


def coverage(found: Sequence[Fall]) -> None:
    """Print how often each held the real low, and its loss."""
    print(
        "\n## All falls\n\n"
        "| shock | falls | said by | held, hour | held, day | loss, hour | loss, day |\n|---|---|---|---|---|---|---|"
    )
    for shock in SHOCKS:
        some = [fall for fall in found if fall.shock == shock and fall.said("base rate")]
        for by in TELLERS if some else ():
            cells = [resampled(some, _mean(by, horizon, score)) for score in (held, loss) for horizon in (0, 1)]
            print(f"| {shock:g} % | {len(some)} | {by} | {' | '.join(cells)} |")


def _mean(by: str, horizon: int, score: Callable[[Floats, float], float]) -> Callable[[Sequence[Fall]], float]:
    def figure(falls_so: Sequence[Fall]) -> float:
        told = [(fall.said(by), fall.real[horizon]) for fall in falls_so]
        return float(np.mean([score(said[horizon], real) for said, real in told if said]))

    return figure


def ranking(found: Sequence[Fall]) -> None:
    """Print whether falls of which the cascade says more went further."""
    print("\n## Does it tell which falls go on?\n\nRank correlation of q90 under event with the real low.\n")
    print("| shock | falls | map, hour | flat map, hour | map, day | flat map, day |\n|---|---|---|---|---|---|")
    for shock in SHOCKS:
        some = [fall for fall in found if fall.shock == shock]
        cells = [resampled(some, _ranks(by, horizon)) for horizon in (0, 1) for by in ("map, event", "flat map, event")]
        print(f"| {shock:g} % | {len(some)} | {' | '.join(cells)} |")


def _ranks(by: str, horizon: int) -> Callable[[Sequence[Fall]], float]:
    def figure(some: Sequence[Fall]) -> float:
        deepest = [said[0][0] for fall in some if (said := fall.said(by))]
        return rank_correlation(deepest, [fall.real[horizon] for fall in some])

    return figure


Stated = Callable[[Fall], float | None]


def stated_odds() -> dict[str, tuple[int, Stated]]:
    """Return who states odds that a fall goes on by as much again: for which horizon, and how."""
    return {
        "R comes to 1, map, event": (0, lambda fall: fall.critical["event"][0]),
        "R comes to 1, flat map, event": (0, lambda fall: fall.critical["event"][1]),
        "R comes to 1, map, worst": (0, lambda fall: fall.critical["worst"][0]),
        "base rate, hour": (0, lambda fall: fall.base.past.again_bar),
        "base rate, as much in the way, hour": (0, lambda fall: fall.base.best.again_bar),
        "base rate, day": (1, lambda fall: fall.base.past.again_day),
        "base rate, as much in the way, day": (1, lambda fall: fall.base.best.again_day),
    }


def calibration(found: Sequence[Fall]) -> None:
    """Print odds as stated beside what happened, by thirds of what was stated."""
    print("\n## Odds stated and realised: a fall goes on by as much again\n")
    print("| shock | stated by | third | falls | stated | realised |\n|---|---|---|---|---|---|")
    for shock in SHOCKS:
        for name, (horizon, stated) in stated_odds().items():
            some = [(fall, odds) for fall in found if fall.shock == shock and (odds := stated(fall)) is not None]
            some.sort(key=lambda pair: (pair[1], pair[0].hour, pair[0].market))
            for third, part in zip(("least", "middle", "most"), np.array_split(np.arange(len(some)), 3), strict=True):
                these = [some[at] for at in part.tolist()]
                if these:
                    print(f"| {shock:g} % | {name} | {third} | {_stated_row(these, horizon)} |")


def _stated_row(these: Sequence[tuple[Fall, float]], horizon: int) -> str:
    realised = resampled(
        [fall for fall, _ in these], lambda part: float(np.mean([fall.again(horizon) for fall in part]))
    )
    return f"{len(these)} | {np.mean([odds for _, odds in these]):.2f} | {realised}"


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--events", type=int, default=60)
    args = parser.parse_args()
    found = [
        fall
        for path in args.tables
        for market in [market_of(path)]
        for shock in SHOCKS
        for fall in falls(market, shock, args.events)
    ]
    crashes(found)
    coverage(found)
    ranking(found)
    calibration(found)


if __name__ == "__main__":
    main()
