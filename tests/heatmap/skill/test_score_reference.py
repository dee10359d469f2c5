"""Our scorer against the reference scorer, which needs pandas and scipy and so runs in an interpreter of its own."""

import csv
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide
from service.heatmap.skill.figures import ExtremeScore, PredictorScore, Score, SideScore
from service.heatmap.skill.score import score_predictions
from tests.support import outside
from tests.support.reference_scorer import RESAMPLES, reference
from tests.support.simulated_hours import SYMBOLS, hours_of, table_of, write_hours
from tests.support.skill_market import HOUR, market

outside.require("reference_python", __file__)

SECOND_HALF = ("2024-07-20T12:00Z", 1_721_476_800_000)
LATER: dict[str, Any] = {"test_from": SECOND_HALF[1], "seed": 7}
NAMES = {
    "map": "model",
    "excursion": "mae",
    "wick_excursion": "wick+.25mae",
    "wick_open_interest": "wick*OI",
    "wick_past_volume": "wick*pastV",
    "wick_last_volume": "wick*lastV",
    "wick_volatility": "wick/vol",
} | {f"new_extreme_{window}": f"new_ext{window}h" for window in (4, 12, 24, 72, 168)}

IN_EXTREMES = {"map": "model", "wick": "wick", "wick_excursion": "wick_mae", "new_extreme_24": "ext"}


def write(path: Path, columns: dict[str, Any]) -> Path:
    """Write a table whose numbers read back to the last digit; NaN is left empty."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(columns)
        for row in zip(*(column.tolist() for column in columns.values()), strict=True):
            rows.writerow("" if value != value else repr(value) for value in row)  # noqa: PLR0124 # NaN alone differs from itself
    return path


# What the reference prints besides and the score does not say: of one side what it says of both, and likelihoods.
UNSAID = {"sp_long", "sp_short", "cap_long", "cap_short", "dLL"}


def side_figures(side: SideScore) -> dict[str, float]:
    """Return one side under the reference's names."""
    return {
        "R2_baselines": side.r2_path,
        "R2_with_model": side.r2_with_map,
        "dR2": side.r2_gain,
        "psp": side.partial_spearman,
    }


def predictor_figures(predictor: PredictorScore) -> dict[str, Any]:
    """Return one predictor under the reference's names."""
    sp, cap = asdict(predictor.spearman), asdict(predictor.capture)
    return {
        "sp": sp.pop("value"),
        "sp_ci": list(sp.values()),
        "cap": cap.pop("value"),
        "cap_ci": list(cap.values()),
    }


def lead_figures(predictor: PredictorScore) -> dict[str, Any]:
    """Return the map's leads over one baseline under the reference's names."""
    sp, cap = predictor.spearman_lead, predictor.capture_lead
    assert sp is not None
    assert cap is not None
    return {"dsp": sp.value, "dsp_ci": [sp.low, sp.high], "dcap": cap.value, "dcap_ci": [cap.low, cap.high]}


def extreme_lead(row: ExtremeScore) -> list[Any]:
    """Return the map's lead in new extremes as the reference has it."""
    assert row.lead is not None
    return [row.lead.value, [row.lead.low, row.lead.high]]


def as_reference(found: Score) -> dict[str, Any]:
    """Return every figure of a score in the reference's own shape."""
    named = {NAMES.get(p.name, p.name): p for p in found.predictors}
    extremes = {IN_EXTREMES[row.name]: row for row in found.extremes}
    return {
        "hours": {"liq_long": found.sides.long.bars, "liq_short": found.sides.short.bars},
        "days": found.days,
        "headline": {
            "dR2": found.r2_gain.value,
            "dR2_ci": [found.r2_gain.low, found.r2_gain.high],
            "psp": found.partial_spearman.value,
            "psp_ci": [found.partial_spearman.low, found.partial_spearman.high],
        },
        "extreme24h": {
            "n_hours": found.sides.long.extreme_bars + found.sides.short.extreme_bars,
            **{f"sp_{name}": row.spearman.value for name, row in extremes.items()},
            **{f"d_{name}": extreme_lead(row) for name, row in extremes.items() if name != "model"},
        },
        "skill": {
            "incremental": {"liq_long": side_figures(found.sides.long), "liq_short": side_figures(found.sides.short)},
            **{name: predictor_figures(predictor) for name, predictor in named.items()},
        },
        "diff": {name: lead_figures(predictor) for name, predictor in named.items() if name != "model"},
    }


def flat(figures: Any, path: str = "") -> dict[str, float]:
    """Return nested figures by path, so that one comparison covers them all and misses none but UNSAID."""
    if not isinstance(figures, dict | list):
        return {path: figures}
    items = figures.items() if isinstance(figures, dict) else enumerate(figures)
    return {
        key: value for name, part in items if name not in UNSAID for key, value in flat(part, f"{path}/{name}").items()
    }


def awkward(moves: Floats, seed: int) -> Floats:
    """Return a prediction made of moves and noise, with ties, zeros and gaps."""
    random = np.random.default_rng(seed)
    swept = (1e4 * np.nan_to_num(moves) * random.lognormal(0.0, 0.5, len(moves))).round()
    swept[random.random(len(moves)) < 0.05] = 0.0
    swept[random.random(len(moves)) < 0.05] = np.nan
    return swept


def predicted(bars: Bars) -> BySide[Floats]:
    """Return awkward predictions for both sides."""
    last = np.concatenate(([np.nan], bars.close[:-1]))
    wicks = np.maximum(np.log(last / bars.low), 0.0), np.maximum(np.log(bars.high / last), 0.0)
    return BySide(awkward(wicks[0], 1), awkward(wicks[1], 2))


@pytest.mark.slow
def test_every_figure_equals_the_reference(reference_python: str, tmp_path: Path) -> None:
    """On two months of hours each figure and interval is the reference's, with ties, zeros and gaps in predictions."""
    folder = write_hours(tmp_path)
    for symbol in SYMBOLS:
        bars, table = hours_of(symbol), table_of(symbol)
        swept = predicted(bars)
        predictions = {"ts": bars.time, "swept_long": swept.long, "swept_short": swept.short}
        written = write(tmp_path / "predictions.csv", predictions)
        amounts = BySide(table["liquidated_long"] * bars.close, table["liquidated_short"] * bars.close)
        for options, ours in (([], {}), (["--test-from", SECOND_HALF[0], "--seed", "7"], LATER)):
            expected = reference(reference_python, folder / f"{symbol}.csv", written, *options)
            found = score_predictions(bars, amounts, swept, resamples=RESAMPLES, **ours)
            assert flat(as_reference(found)) == pytest.approx(flat(expected), abs=1e-6, nan_ok=True), (symbol, options)


@pytest.mark.slow
def test_gaps_and_no_open_interest_equal_the_reference(reference_python: str, tmp_path: Path) -> None:
    """The same on a made-up market with hours missing, volume unknown here and there, and no open interest at all.

    Long enough that no resample is without new 72-hour extremes: there the reference's factorisation of collinear
    controls takes out a direction of rounding errors besides, and its partial Spearman differs in the third digit.
    """
    case = market(seed=41, days=70)
    kept = np.flatnonzero(np.random.default_rng(42).random(len(case.bars)) > 0.1)
    names = ("time", "open", "high", "low", "close", "volume", "open_interest", "mark_low", "mark_high")
    bars = Bars(**{name: getattr(case.bars, name)[kept] for name in names}, step=HOUR)
    bars.volume[[0, 1, 50, 51, 300]] = np.nan
    bars.open_interest[:] = np.nan
    liquidated = BySide(case.liquidated.long[kept], case.liquidated.short[kept])
    liquidated.long[200:230] = np.nan
    swept = predicted(bars)
    table = {"ts": bars.time, "o": bars.open, "h": bars.high, "l": bars.low, "c": bars.close, "v": bars.volume}
    table |= {"liq_long": liquidated.long, "liq_short": liquidated.short}
    predictions = {"ts": bars.time, "swept_long": swept.long, "swept_short": swept.short}
    files = write(tmp_path / "bars.csv", table), write(tmp_path / "predictions.csv", predictions)
    expected = reference(reference_python, *files, "--burn", "100", "--seed", "3")
    found = score_predictions(bars, liquidated, swept, burn=100, resamples=RESAMPLES, seed=3)
    assert flat(as_reference(found)) == pytest.approx(flat(expected), abs=1e-6, nan_ok=True)
