import re
from pathlib import Path

import numpy as np
import pytest

from bench import accuracy_timeframes, accuracy_variants
from bench.accuracy_timeframes import touched
from bench.altered_model import Altered, predictions
from bench.hour_table import Hours, coarser, read_hours
from bench.model_variants import NOT_EXPRESSIBLE, Variant, variants, without_a_part
from bench.span_score import Span, draws, figures
from service.heatmap.base.side import BySide, Side
from service.heatmap.inventory.adverse import adverse_log_price
from service.heatmap.inventory.assumptions import Assumptions, typical_venue
from service.heatmap.inventory.inventory import take_inventory
from service.heatmap.skill.predict import predict_swept
from tests.support.made_up_table import DAYS, SPLIT, write_table

SCRIPTS = Path(__file__).resolve().parents[2] / "bench"
VENUE = typical_venue()
FIGURES = r"-?\d\.\d{3} [+-]\d\.\d{3} [+-]\d\.\d{3}"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two markets' tables, the second without the columns that only some changes need."""
    folder = tmp_path_factory.mktemp("tables")
    return [write_table(folder / "AUSDT.csv", 1), write_table(folder / "BUSDT.csv", 2, extra=False)]


@pytest.fixture(scope="module")
def markets(tables: list[Path]) -> list[Hours]:
    """Return the tables as the scripts read them."""
    return [read_hours(path) for path in tables]


def rows(text: str) -> list[list[str]]:
    """Return the cells of every row of a markdown table, rulers left out."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and not line.startswith("|---")
    ]


def leading_number(pattern: str, text: str) -> int:
    """Return the number that a text begins with."""
    found = re.match(pattern, text)
    assert found, text
    return int(found[1])


def test_they_are_no_benchmark_of_their_own() -> None:
    """`make bench` runs what is named bench_*.py, and these need data that the repository does not hold."""
    for script in ("accuracy_variants.py", "accuracy_timeframes.py"):
        assert (SCRIPTS / script).is_file()
        assert script not in {path.name for path in SCRIPTS.glob("bench_*.py")}


def test_the_page_shows_what_the_script_prints() -> None:
    """docs/accuracy.md has a row for each change and no other in that table, and gives only options that there are."""
    page = (SCRIPTS.parent / "docs/accuracy.md").read_text()
    shown = page.split("accuracy_variants.py $TABLES\n```", 1)[1].split("**From the research kernel.**", 1)[0]
    assert [row[0] for row in rows(shown)[1:] if not row[0].startswith("**")] == [v.name for v in variants()]
    for script in ("accuracy_variants.py", "accuracy_timeframes.py"):
        commands = re.findall(rf"^\.venv/bin/python bench/{script} (.*)$", page, re.MULTILINE)
        assert len(commands) > 1
        known = set(re.findall(r'"(--\w+)"', (SCRIPTS / script).read_text())) | {"--help"}
        assert {option for command in commands for option in re.findall(r"--\w+", command)} <= known


@pytest.mark.slow
def test_variants_prints_every_change(tables: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each change, three figures for each market and half, and what it cannot print is listed."""
    accuracy_variants.main([*map(str, tables), "--split", SPLIT])
    printed = capsys.readouterr().out
    head, *body = rows(printed)
    assert head == ["change (H1 H2 EXT)", "A 1st", "A 2nd", "B 1st", "B 2nd"]
    by_name = {row[0]: row[1:] for row in body if not row[0].startswith("**")}
    assert list(by_name) == [variant.name for variant in variants()]
    for variant in variants():
        cells = by_name[variant.name]
        assert all(re.fullmatch(FIGURES, cell) for cell in cells[:2]), variant.name
        if variant.needs:
            assert cells[2:] == [f"no {variant.needs}"] * 2
        else:
            assert all(re.fullmatch(FIGURES, cell) for cell in cells[2:]), variant.name
    assert [row[0].strip("*") for row in body if row[0].startswith("**")] == list(
        dict.fromkeys(variant.topic for variant in variants() if variant.topic)
    )
    assert all(f"- {text}" in printed for text in NOT_EXPRESSIBLE)


def test_variants_prints_intervals_and_other_bars(tables: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """One chosen change over all hours, on bars of two hours, with intervals."""
    accuracy_variants.main([str(tables[0]), "--only", "none", "--whole", "--hours", "2", "--boot", "50"])
    head, row = rows(capsys.readouterr().out)
    assert head[1:] == ["A all"]
    assert row[0] == "none"
    assert re.fullmatch(r"(?:[+-]?\d\.\d{3} \[-?\d\.\d{3}, -?\d\.\d{3}\](?: / )?){3}", row[1])


def test_variants_prints_what_each_kept_part_adds(tables: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each kept part with a paired interval for each figure."""
    accuracy_variants.main([*map(str, tables), "--kept", "--boot", "5"])
    head, *body = rows(capsys.readouterr().out)
    assert head == ["without", "H1", "H2", "EXT"]
    assert [row[0] for row in body] == list(without_a_part())
    assert all(re.fullmatch(r"[+-]\d\.\d{3} \[-?\d\.\d{3}, -?\d\.\d{3}\]", cell) for row in body for cell in row[1:])


def test_variants_prints_plain_figures(tables: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each market of what the predictions come to by themselves."""
    accuracy_variants.main([*map(str, tables), "--plain"])
    _, *body = rows(capsys.readouterr().out)
    assert [row[0] for row in body] == ["A", "B"]
    for _, rank, *shares in body:
        assert -1.0 <= float(rank) <= 1.0
        assert all(float(share.removesuffix(" %")) > 0.0 for share in shares)


def test_nothing_altered_is_the_model(markets: list[Hours]) -> None:
    """The model with nothing replaced is the one that the service predicts with, to the last bit."""
    for hours in markets:
        served = predict_swept(hours.bars, Assumptions(), VENUE)
        for mine, theirs in zip(predictions(Altered(), hours), served, strict=True):
            assert mine.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("variant", variants()[1:], ids=lambda variant: variant.name)
def test_each_change_changes_something(variant: Variant, markets: list[Hours]) -> None:
    """No change is another name for the model itself, and none predicts an amount that cannot be."""
    own = predictions(variants()[0].model, markets[0])
    for mine, theirs in zip(own, predictions(variant.model, markets[0]), strict=True):
        assert np.isfinite(theirs).all()
        assert (theirs >= 0.0).all()
        # the first hour holds nothing that was opened before it
        assert not np.allclose(mine[1:], theirs[1:], rtol=1e-6)


def test_draws_begin_with_the_scores(markets: list[Hours]) -> None:
    """The sample's own figures are the mean of the markets' scores, and the same seed draws the same days."""
    model = [predictions(Altered(), hours) for hours in markets]
    found = draws(markets, model, 168, 3)
    assert found.shape == (3, 4)
    assert found.tobytes() == draws(markets, model, 168, 3).tobytes()
    scored = [figures(hours, mine, Span("all", 168), 0) for hours, mine in zip(markets, model, strict=True)]
    wanted = np.mean([[figure.value for figure in market] for market in scored], axis=0)
    assert found[:, 0] == pytest.approx(wanted)


def test_coarser_bars_against_a_plain_loop(markets: list[Hours]) -> None:
    """Four hours make one bar; a bar with a missing hour is left out."""
    hours = markets[0]
    kept = np.arange(len(hours.bars)) != 9
    holed = Hours(
        hours.name,
        type(hours.bars)(
            **{
                name: getattr(hours.bars, name)[kept]
                for name in ("time", "open", "high", "low", "close", "volume", "open_interest", "mark_low", "mark_high")
            },
            step=hours.bars.step,
        ),
        BySide(*(amounts[kept] for amounts in hours.liquidated)),
        {name: values[kept] for name, values in hours.extra.items()},
    )
    made = coarser(holed, 4)
    whole = [n for n in range(len(hours.bars) // 4) if n != 2]
    assert made.bars.step == 4 * hours.bars.step
    assert len(made.bars) == len(whole)
    for row, n in enumerate(whole):
        part = slice(4 * n, 4 * n + 4)
        bars = hours.bars
        assert made.bars.time[row] == bars.time[4 * n]
        assert made.bars.open[row] == bars.open[4 * n]
        assert made.bars.close[row] == bars.close[4 * n + 3]
        assert (made.bars.high[row], made.bars.low[row]) == (bars.high[part].max(), bars.low[part].min())
        assert made.bars.volume[row] == pytest.approx(bars.volume[part].sum())
        assert made.bars.open_interest[row] == bars.open_interest[4 * n + 3]
        assert made.liquidated.long[row] == pytest.approx(hours.liquidated.long[part].sum())


def test_timeframes_prints_every_map(tables: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each map and the wick, and the lead in events by market."""
    accuracy_timeframes.main([*map(str, tables), "--boot", "20"])
    printed = capsys.readouterr().out
    found = rows(printed)
    maps = [*accuracy_timeframes.MAPS, accuracy_timeframes.WICK]
    assert [row[0] for row in found] == ["map", *maps, "events, 1 h over", "A", "B"]
    events = leading_number(r"(\d+) events", printed)
    assert events == pytest.approx(2 * 2 * 0.1 * 24 * (DAYS - 7), abs=8)
    for row in found[1 : 1 + len(maps)]:
        caught = leading_number(r"(\d+) \(", row[1])
        assert 0 < caught < events
        assert 0.0 < float(row[2].removesuffix(" %")) < 100.0
    leads = [cell for row in found[2 : 1 + len(maps)] for cell in row[4:]]
    leads += [cell for row in found[-2:] for cell in row[1:]]
    assert all(re.fullmatch(r"[+-]\d+ % \[-?\d+, -?\d+\]", lead) for lead in leads)


@pytest.mark.parametrize("side", Side)
def test_a_finest_map_is_what_the_kernel_sweeps(side: Side, markets: list[Hours]) -> None:
    """What an hour touches of the map of the hour before it is what the kernel takes from it."""
    hours = markets[0]
    taken = take_inventory(hours.bars, Assumptions(), VENUE).sides[side].swept
    found = touched(hours, 1, side, cleared=True)
    assert np.isnan(found[0])
    assert found[1:] == pytest.approx(taken[1:], rel=0.02, abs=0.02 * taken.max())
    assert np.corrcoef(found[1:], taken[1:])[0, 1] > 0.999


@pytest.mark.parametrize("side", Side)
def test_cleared_is_touched_once(side: Side, markets: list[Hours]) -> None:
    """From close to close, a cleared map gives no more than stands, and never more than a frozen one touched so far."""
    hours = markets[0]
    frozen, cleared = (touched(hours, 24, side, cleared=way) for way in (False, True))
    day = hours.bars.time // (24 * hours.bars.step)
    assert np.isnan(frozen[day == day[0]]).all()
    deep = np.maximum(adverse_log_price(hours.bars.low, side), adverse_log_price(hours.bars.high, side))
    for number in np.unique(day)[1:]:
        part = day == number
        nothing_new = deep[part] < np.maximum.accumulate(deep[part])
        assert not cleared[part][nothing_new].any()
    assert np.nansum(cleared) < np.nansum(frozen)
