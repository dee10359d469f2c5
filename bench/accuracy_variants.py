"""Score the model and what was tried on it: H1, H2 and EXT (service/heatmap/skill/score.py) as a markdown table.

Run: python bench/accuracy_variants.py $REAL_HOURS/{BTC,ETH,SOL}USDT.csv
     ... --only none --boot 400    the defaults alone, with 95 % intervals
     ... --whole                   all hours after the warm-up in one column a market, not two halves
     ... --hours 4                 on bars of 4 hours made from the table's
     ... --kept                    what each kept part adds, mean of the markets, with paired intervals
     ... --plain                   rank correlation, what the highest tenth holds, reported over predicted
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.altered_model import Altered, predictions
from bench.hour_table import Hours, coarser, read_hours, warm_up
from bench.model_variants import NOT_EXPRESSIBLE, Variant, variants, without_a_part
from bench.span_score import FIGURES, Span, draws, figures
from service.heatmap import score_predictions
from service.heatmap.base import Floats
from service.heatmap.skill import BURN, RESAMPLES
from service.heatmap.stats import Interval, interval_of

SPLIT = "2024-07-20T12:00Z"


def spans(hours: Hours, split: int, *, whole: bool) -> list[Span]:
    """Return what is scored together: all after the warm-up, or before and from the split on."""
    burn = warm_up(hours, BURN)
    if whole:
        return [Span("all", burn)]
    return [Span("1st", burn, stop=split), Span("2nd", burn, start=split)]


def cell(found: Sequence[Interval], *, intervals: bool) -> str:
    """Return H1 H2 EXT as one cell."""
    texts = [f"{figure.value:{'' if name == 'H1' else '+'}.3f}" for name, figure in zip(FIGURES, found, strict=True)]
    if intervals:
        texts = [f"{text} [{f.low:.3f}, {f.high:.3f}]" for text, f in zip(texts, found, strict=True)]
    return (" / " if intervals else " ").join(texts)


def print_row(variant: Variant, markets: Sequence[Hours], split: int, boot: int, *, whole: bool) -> None:
    """Print one change's row; a table without the column it needs has no figures there."""
    cells = []
    for hours in markets:
        parts = spans(hours, split, whole=whole)
        if variant.needs and variant.needs not in hours.extra:
            cells += [f"no {variant.needs}"] * len(parts)
            continue
        swept = predictions(variant.model, hours)
        cells += [cell(figures(hours, swept, span, boot), intervals=boot > 0) for span in parts]
    print(f"| {variant.name} | {' | '.join(cells)} |", flush=True)


def print_variants(markets: Sequence[Hours], chosen: Sequence[Variant], args: argparse.Namespace) -> None:
    """Print the table of changes, topic by topic, and what it cannot hold."""
    columns = [f"{hours.name} {s.label}" for hours in markets for s in spans(hours, args.split, whole=args.whole)]
    print(f"| change ({' '.join(FIGURES)}) | {' | '.join(columns)} |")
    print("|---" * (1 + len(columns)) + "|")
    topic = ""
    for variant in chosen:
        if variant.topic != topic:
            topic = variant.topic
            print(f"| **{topic}** |{' |' * len(columns)}")
        print_row(variant, markets, args.split, args.boot, whole=args.whole)
    if not args.only:
        print("\nNot reproduced, for they need another kernel:\n")
        print("\n".join(f"- {text}" for text in NOT_EXPRESSIBLE))


def print_kept(markets: Sequence[Hours], boot: int) -> None:
    """Print what the model loses without each part that was kept."""
    burn = warm_up(markets[0], BURN)

    def drawn(model: Altered) -> Floats:
        return draws(markets, [predictions(model, hours) for hours in markets], burn, boot)

    own = drawn(variants()[0].model)
    print(f"| without | {' | '.join(FIGURES)} |")
    print("|---" * (1 + len(FIGURES)) + "|")
    for name, model in without_a_part().items():
        found = [interval_of(row) for row in own - drawn(model)]
        texts = [f"{figure.value:+.3f} [{figure.low:.3f}, {figure.high:.3f}]" for figure in found]
        print(f"| {name} | {' | '.join(texts)} |", flush=True)


def print_plain(markets: Sequence[Hours]) -> None:
    """Print what the defaults come to without any baseline, over all hours after the warm-up."""
    print("| market | rank correlation | in the highest tenth of hours | reported / predicted, long | short |")
    print("|---|---|---|---|---|")
    for hours in markets:
        swept, burn = predictions(Altered(), hours), warm_up(hours, BURN)
        own = score_predictions(hours.bars, hours.liquidated, swept, burn=burn, resamples=0).predictors[0]
        parts = []
        for amounts, mine in zip(hours.liquidated, swept, strict=True):
            known = np.flatnonzero(np.isfinite(amounts))
            rows = known[known >= burn]
            parts.append(f"{100 * amounts[rows].sum() / (mine * hours.bars.close)[rows].sum():.1f} %")
        shown = (f"{own.spearman.value:.2f}", f"{100 * own.capture.value:.0f} %", *parts)
        print(f"| {hours.name} | {' | '.join(shown)} |")


def moment(text: str) -> int:
    """Return ISO 8601 as epoch ms; UTC where it says no offset."""
    found = datetime.fromisoformat(text)
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def main(argv: Sequence[str] | None = None) -> None:
    """Read the tables and print."""
    parser = argparse.ArgumentParser(description="Score the model and what was tried on it.")
    parser.add_argument("tables", type=Path, nargs="+", help="CSV of hours with liquidations, one a market")
    parser.add_argument("--split", type=moment, default=SPLIT, help="where the second half begins (%(default)s)")
    parser.add_argument("--only", help="only the changes whose name holds this")
    parser.add_argument("--boot", type=int, default=0, help="resamples of days for intervals (%(default)s)")
    parser.add_argument("--hours", type=int, default=1, help="length of the bars to make (%(default)s)")
    parser.add_argument("--whole", action="store_true", help="all hours after the warm-up, not halves")
    parser.add_argument("--kept", action="store_true", help="paired gains of the kept parts instead")
    parser.add_argument("--plain", action="store_true", help="figures of the defaults without baselines instead")
    args = parser.parse_args(argv)
    markets = [coarser(read_hours(path), args.hours) for path in args.tables]
    if args.kept:
        print_kept(markets, args.boot or RESAMPLES)
        return
    if args.plain:
        print_plain(markets)
        return
    chosen = [variant for variant in variants() if not args.only or args.only in variant.name]
    print_variants(markets, chosen, args)


if __name__ == "__main__":
    main()
