"""A score as text for the console: the verdict, H1, H2 and EXT, every baseline, and how much was scored."""

import math
from collections.abc import Iterator

from service.heatmap import Side
from service.heatmap.skill import BASELINE, RANK_BASELINE, Score, verdict_on
from service.heatmap.stats import Interval


def skill_report(made: Score) -> str:
    """Return the report; figures are the mean of the sides, in brackets their 95 % interval."""
    blocks = (iter([verdict_on(made)]), _headlines(made), _predictors(made), _extremes(made), _sizes(made))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _headlines(made: Score) -> Iterator[str]:
    for name, what, figure in (
        ("H1", "R2 of log liquidations, out of sample, added by the map", _signed(made.r2_gain)),
        ("", "R2 of the path alone", _plain(made.r2_path)),
        ("", "R2 of path and map", _plain(made.r2_with_map)),
        ("H2", f"rank correlation, map less {BASELINE}", _signed(made.rank_gain)),
        ("EXT", "the same in bars with a new 24-bar extreme", _signed(made.extreme_rank_gain)),
        ("", "rank correlation of the map given the path", _signed(made.partial_spearman)),
    ):
        yield f"{name:4}{what:56} {figure}"


def _predictors(made: Score) -> Iterator[str]:
    yield _row("all bars", "rank correlation", "map leads by", "top tenth holds", "map leads by")
    for row in made.predictors:
        leads = _signed(row.spearman_lead), _signed(row.capture_lead)
        yield _row(row.name, _plain(row.spearman), leads[0], _plain(row.capture), leads[1])


def _extremes(made: Score) -> Iterator[str]:
    yield _row("new 24-bar extremes", "rank correlation", "map leads by")
    for row in made.extremes:
        yield _row(row.name, _plain(row.spearman), _signed(row.lead))


def _sizes(made: Score) -> Iterator[str]:
    bars = ", ".join(
        f"{name} {side.bars} ({side.extreme_bars} with a new extreme)"
        for name, side in zip(Side, made.sides, strict=True)
    )
    yield f"bars: {bars}; days {made.days}; resamples {made.resamples}, seed {made.seed}"
    yield f"{RANK_BASELINE} is {BASELINE}; docs/accuracy.md defines every figure and baseline"


def _row(name: str, *cells: str) -> str:
    return f"{name:22}{''.join(f'{cell:25}' for cell in cells)}".rstrip()


def _plain(figure: Interval) -> str:
    return _text(figure, "")


def _signed(figure: Interval | None) -> str:
    return "" if figure is None else _text(figure, "+")


def _text(figure: Interval, sign: str) -> str:
    if not math.isfinite(figure.value):
        return "not defined"
    if not math.isfinite(figure.low):
        return f"{figure.value:{sign}.3f}"
    return f"{figure.value:{sign}.3f} [{figure.low:{sign}.3f}, {figure.high:{sign}.3f}]"
