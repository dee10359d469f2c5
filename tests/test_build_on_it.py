"""The programs of docs/build-on-it.md run, and what it says of them is so."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask

from service.analysis.limits import MOST_ROWS
from service.api.edge.errors.problem_pages import PAGES
from tests.support.browsing import listening
from tests.support.contract import CONTRACT
from tests.support.fake_apps import ask

PAGE = (Path(__file__).parents[1] / "docs/build-on-it.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def base(sim_app: Flask) -> Iterator[str]:
    """Return where the simulated exchanges are served."""
    with listening(sim_app) as url:
        yield url


def run(program: str, base: str) -> dict[str, Any]:
    """Run one of the page's programs and return its names."""
    names: dict[str, Any] = {"BASE": base}
    exec(program, names)  # noqa: S102 - the page's own
    return names


def test_polling_brings_nothing_anew(base: str) -> None:
    """The last answer is a 304, and the zones are those of the first."""
    names = run(PROGRAMS[0], base)
    assert names["answer"].status_code == 304
    assert names["zones"]


def test_deltas_are_the_grid(base: str, sim_app: Flask) -> None:
    """Cell for cell what the dense answer has."""
    names = run(PROGRAMS[1], base)
    dense = ask(sim_app, "/v1/heatmap", exchange="sim", symbol="BTC", bins=60)["grid"]
    assert names["grid"].tolist() == dense["long"]
    assert (255 * names["heat"]).round().astype(int).tolist() == dense["heat"]


def test_segments_are_the_grid(base: str, sim_app: Flask) -> None:
    """Each amount is within 12 % of its class's, and what is left out is under a thousandth of the largest."""
    grid = run(PROGRAMS[2], base)["grid"]
    dense = ask(sim_app, "/v1/heatmap", exchange="sim", symbol="BTC", bins=60)["grid"]
    exact, rounding = np.array(dense["long"], dtype=float), dense["resolution"]
    shown = grid > 0
    assert shown.any()
    np.testing.assert_array_less(np.abs(grid - exact)[shown], 0.12 * exact[shown] + 2 * rounding)
    assert exact[~shown].max() <= dense["largest"] * 1e-3 + rounding


def test_what_it_names_is_there() -> None:
    """Paths are in the contract, headers are sent, statuses have their page."""
    paths = set(CONTRACT["paths"])
    assert set(re.findall(r"`(/v1/[a-z./-]+)`", PAGE)) <= paths
    assert f"{MOST_ROWS:,}" in PAGE
    assert {429, 503, 504} <= {page.status for page in PAGES.values()}
