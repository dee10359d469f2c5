"""Overlay: what both pictures have over the map."""

from dataclasses import replace

import numpy as np
import pytest

from service.analysis.requests import CoveringAxisRequest
from service.analysis.results.picture import PictureRequest, PictureResult, PictureStyle, prepare_picture
from service.api.pictures.canvas import Canvas
from service.api.pictures.frame import Frame
from service.api.pictures.looks import Colour
from service.api.pictures.overlay import draw_overlay
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request

STYLE = PictureStyle(size=(1200, 675), theme="dark", palette="fire", layer="heat", candles=True)
AXIS_LEFT = 1130


@pytest.fixture(scope="module")
def result() -> PictureResult:
    """Return a week on the fake exchange."""
    request = PictureRequest(market=market_request(), axis=CoveringAxisRequest(), style=STYLE, zones=True)
    return prepare_picture(services_of(FakeExchange("fake")), request).compute()


def has(canvas: Canvas, colour: Colour) -> bool:
    """Tell whether a pixel has exactly that colour."""
    return bool((np.asarray(canvas.ink.image) == colour).all(axis=2).any())


def drawn(result: PictureResult, *, candles: bool) -> Canvas:
    """Return an empty picture with the overlay on it."""
    canvas, edges = Canvas.of(STYLE), result.total.axis.edges
    frame = Frame(
        left=0, top=44, right=1000, bottom=630, low=float(edges[0]), high=float(edges[-1]),
        columns=len(result.total.time),
    )  # fmt: skip
    draw_overlay(canvas, frame, AXIS_LEFT, result, candles=candles)
    return canvas


def test_candles_are_there_if_they_are_asked_for(result: PictureResult) -> None:
    """And only then."""
    with_candles, without = drawn(result, candles=True), drawn(result, candles=False)
    assert has(with_candles, with_candles.look.up)
    assert not has(without, without.look.up)


def test_zones_and_their_gap_are_there_if_the_result_has_them(result: PictureResult) -> None:
    """The price of now is marked either way."""
    bare = drawn(replace(result, zones=None), candles=False)
    full = drawn(result, candles=False)
    assert has(full, full.look.gap)
    assert has(full, full.look.hot)
    assert not has(bare, bare.look.gap)
    assert not has(bare, bare.look.hot)
    assert has(bare, bare.look.price)
