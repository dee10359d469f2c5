"""Lettering: a picture that travels alone says what it is, of when, and how far to trust it."""

from dataclasses import replace
from typing import Literal

import pytest

from service.analysis.markets.envelope import AbsentSource
from service.analysis.requests import CoveringAxisRequest
from service.analysis.results.picture import PictureRequest, PictureResult, PictureStyle, prepare_picture
from service.api.pictures.heatmap_png import heatmap_png
from service.api.pictures.ink import Ink
from service.api.pictures.zones_png import HOW_TO_READ, zones_png
from service.heatmap import MODEL_VERSION
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request

STYLE = PictureStyle(size=(1200, 675), theme="dark", palette="fire", layer="heat", candles=True)


@pytest.fixture(scope="module")
def result() -> PictureResult:
    """Return a week on the fake exchange."""
    request = PictureRequest(market=market_request(), axis=CoveringAxisRequest(), style=STYLE, zones=True)
    return prepare_picture(services_of(FakeExchange("fake")), request).compute()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is written on the pictures that a test draws, each with where it ends."""
    words: list[str] = []
    text = Ink.text

    def noted(ink: Ink, at: tuple[float, float], said: str, *args: object, **kwargs: object) -> None:
        words.append(said)
        assert said.replace("·", "-").isascii(), said
        assert 0 <= at[0] <= ink.image.width
        assert 0 <= at[1] <= ink.image.height
        text(ink, at, said, *args, **kwargs)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(Ink, "text", noted)
    return words


def test_the_caption_is_honest(result: PictureResult, written: list[str]) -> None:
    """Exchange, moment, model, data quality, and that it is an estimate, in words on both pictures."""
    for draw in (heatmap_png, zones_png):
        written.clear()
        draw(result, STYLE)
        said = " ".join(written)
        envelope = result.envelope
        for part in (envelope.symbol, "fake", "1h bars", f"model {MODEL_VERSION}", "data quality", "estimate", "UTC"):
            assert part in said, part
        assert f"{envelope.data_quality.value:.0%}" in said


def test_what_is_wrong_is_written(result: PictureResult, written: list[str]) -> None:
    """Invented prices, and an exchange that is missing; not one that lists no such market."""
    absent = (AbsentSource("okx", "down", listed=True), AbsentSource("htx", "no such market", listed=False))
    heatmap_png(replace(result, envelope=replace(result.envelope, simulated=True, absent=absent)), STYLE)
    said = " ".join(written)
    assert "SIMULATED" in said
    assert "okx missing" in said
    assert "htx" not in said


def test_every_zone_is_told_in_words(result: PictureResult, written: list[str]) -> None:
    """Name, core, stop, and how to read the picture; a narrow one leaves the words out."""
    zones_png(result, STYLE)
    assert result.zones is not None
    for zone in result.zones.hot[:3]:
        assert any(words.startswith(f"H{zone.rank}  ") for words in written)
    assert set(HOW_TO_READ) <= set(written)
    written.clear()
    zones_png(result, replace(STYLE, size=(480, 360)))
    assert not set(HOW_TO_READ) & set(written)


@pytest.mark.parametrize("size", [(320, 240), (760, 240), (1200, 675), (2400, 1600)])
@pytest.mark.parametrize("layer", ["heat", "notional"])
def test_figures_fit_on_every_size(
    result: PictureResult, written: list[str], size: tuple[int, int], layer: Literal["heat", "notional"]
) -> None:
    """Nothing is written beyond the edges: `written` looks at each."""
    style = PictureStyle(size=size, theme="light", palette="safe", layer=layer, candles=True)
    assert heatmap_png(result, style).startswith(b"\x89PNG")
    assert zones_png(result, style).startswith(b"\x89PNG")
    assert written
