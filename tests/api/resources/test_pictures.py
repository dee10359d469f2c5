"""GET /v1/heatmap.png and /v1/zones.png: what is drawn is what the API answers."""

import io

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from service.api.pictures.frame import Sizes
from service.api.pictures.looks import scale
from service.app import create_app
from service.settings import Settings
from tests.conftest import SIM_NOW

SMALL = "lookback=2d&size=640x400"
PATHS = ("/v1/heatmap.png", "/v1/zones.png")


def drawn(client: FlaskClient, path: str) -> np.ndarray:
    """Return a picture's pixels, uint8[height, width, 3]."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    assert response.content_type == "image/png"
    image = Image.open(io.BytesIO(response.data))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("layer", ["heat", "notional"])
@pytest.mark.parametrize(("theme", "palette"), [("dark", "fire"), ("light", "safe")])
def test_each_cell_has_the_colour_of_the_answers_own(
    sim_client: FlaskClient, layer: str, theme: str, palette: str
) -> None:
    """The pixel at a cell's middle is the palette's at the heat, or at the amount, that /v1/heatmap gives."""
    query = f"{SMALL}&theme={theme}&palette={palette}&layer={layer}&zones=false&candles=false"
    pixels = drawn(sim_client, f"/v1/heatmap.png?{query}").astype(int)
    body = sim_client.get("/v1/heatmap?lookback=2d").get_json()
    grid, sizes = body["grid"], Sizes.of(640, 400)
    columns, bins = len(grid["time"]), len(grid["edges"]) - 1
    values = np.array(grid["heat"])
    if layer == "notional":
        amounts = np.array(grid["long"]) + np.array(grid["short"])
        values = np.rint(255 * np.clip(amounts / np.quantile(amounts[amounts > 0], 0.995, method="lower"), 0, 1))
    right, bottom = 640 - sizes.axis - 4, 400 - sizes.footer
    colours = scale(palette, theme).astype(int)
    price = (body["price"] - grid["edges"][0]) / grid["bin_size"]
    near = 0
    for column in range(0, columns, 5):
        for bin_ in (bin_ for bin_ in range(0, bins, 17) if abs(bin_ - price) > 4):
            x = int((column + 0.5) / columns * right)
            y = int(bottom - (bin_ + 0.5) / bins * (bottom - sizes.header))
            # The picture has fewer rows than the map has bins: the neighbour may be the one that is drawn.
            allowed = colours[values[column, max(bin_ - 1, 0) : bin_ + 2].astype(int)]
            # Amounts of the answer are rounded.
            near += bool(np.abs(allowed - pixels[y, x]).max(axis=1).min() <= (0 if layer == "heat" else 6))
    assert near >= 0.98 * len(range(0, columns, 5)) * (len(range(0, bins, 17)) - 1)


@pytest.mark.parametrize("path", PATHS)
def test_the_same_question_gives_the_same_bytes(path: str) -> None:
    """Of two applications that share nothing."""
    bodies = {
        create_app(Settings(exchanges=("sim",)), clock=lambda: SIM_NOW)
        .test_client()
        .get(f"{path}?exchange=sim&{SMALL}")
        .data
        for _ in range(2)
    }
    assert len(bodies) == 1


@pytest.mark.parametrize("path", PATHS)
def test_a_known_picture_is_not_sent_again(sim_client: FlaskClient, path: str) -> None:
    """304 for its ETag; the two pictures, and each style, have their own."""
    first = sim_client.get(f"{path}?{SMALL}")
    known = {"If-None-Match": first.headers["ETag"]}
    assert sim_client.get(f"{path}?{SMALL}", headers=known).status_code == 304
    assert sim_client.get(f"{path}?{SMALL}&theme=light", headers=known).status_code == 200
    others = [other for other in PATHS if other != path]
    assert all(sim_client.get(f"{other}?{SMALL}", headers=known).status_code == 200 for other in others)


def test_a_picture_is_not_compressed_again(sim_client: FlaskClient) -> None:
    """PNG is compressed already."""
    response = sim_client.get(f"/v1/heatmap.png?{SMALL}", headers={"Accept-Encoding": "gzip, br, zstd"})
    assert "Content-Encoding" not in response.headers
    assert response.data.startswith(b"\x89PNG")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("size", ["320x240", "480x800", "1200x675", "2400x1600"])
def test_every_size_is_drawn(sim_client: FlaskClient, path: str, size: str) -> None:
    """From a thumbnail to a poster."""
    height, width, _ = drawn(sim_client, f"{path}?lookback=1d&size={size}").shape
    assert f"{width}x{height}" == size


@pytest.mark.parametrize("path", PATHS)
def test_what_is_left_out_is_not_drawn(sim_client: FlaskClient, path: str) -> None:
    """Candles and zones change the picture, and so do theme and layer."""
    usual = drawn(sim_client, f"{path}?{SMALL}")
    for option in ("candles=false", "zones=false", "theme=light", "layer=notional", "palette=safe"):
        assert not np.array_equal(usual, drawn(sim_client, f"{path}?{SMALL}&{option}")), option


@pytest.mark.parametrize(
    ("query", "field"),
    [("size=10x10", "size"), ("size=319x240", "size"), ("size=2401x900", "size"), ("size=big", "size"),
     ("theme=pink", "theme"), ("layer=long", "layer"), ("palette=x", "palette"), ("zones=maybe", "zones"),
     ("bins=5", "bins")],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(sim_client: FlaskClient, query: str, field: str) -> None:
    """422 naming the parameter."""
    response = sim_client.get(f"/v1/heatmap.png?{query}")
    assert response.status_code == 422
    assert [error["field"] for error in response.get_json()["errors"]] == [field]


def test_several_exchanges_make_one_picture(sim_client: FlaskClient) -> None:
    """Their sum, as in /v1/heatmap."""
    one, both = (drawn(sim_client, f"/v1/heatmap.png?exchange={names}&{SMALL}") for names in ("sim", "sim,sim2"))
    assert not np.array_equal(one, both)
