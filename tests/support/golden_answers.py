"""Small answers of the simulated market, kept here; `python -m tests.support.golden_answers` writes them anew."""

from pathlib import Path
from typing import Any

import orjson
from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings

FOLDER = Path(__file__).parent / "golden"
# Where the clock stands: 2025-10-09T08:53:20Z.
NOW = 1_760_000_000.0
GOLDEN = {
    "heatmap": "/v1/heatmap?timeframe=4h&lookback=1d&bins=8&range_pct=20&candles=true",
    "profile": "/v1/profile?timeframe=4h&lookback=1d&bins=8&range_pct=20",
}


def answer(client: FlaskClient, name: str) -> Any:
    """Return the answer as it is now."""
    return client.get(GOLDEN[name]).json


def file_of(name: str) -> Path:
    """Return where the answer is kept."""
    return FOLDER / f"{name}.json"


def leaves(body: Any, place: str = "") -> dict[str, Any]:
    """Return every value of a body by its place."""
    if isinstance(body, dict):
        return {k: v for name, part in body.items() for k, v in leaves(part, f"{place}.{name}").items()}
    if isinstance(body, list):
        return {k: v for n, part in enumerate(body) for k, v in leaves(part, f"{place}[{n}]").items()}
    return {place: body}


if __name__ == "__main__":
    sim = create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: NOW).test_client()
    for each in GOLDEN:
        file_of(each).write_bytes(orjson.dumps(answer(sim, each), option=orjson.OPT_INDENT_2) + b"\n")
