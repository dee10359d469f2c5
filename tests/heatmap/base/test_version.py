"""A model version that cannot lie: another model has another version, and caches learn of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from service.api.edge.kept_answers import etag
from service.api.edge.kept_answers.etag import etag_of
from service.heatmap.base.version import MODEL_DIGEST, MODEL_VERSION
from tests.support import canonical_maps
from tests.support.canonical_maps import model_digest, record, recorded


def test_the_version_stands_for_this_model() -> None:
    """The model makes of the canonical tables what its version is known for.

    Where this fails the model has changed: raise MODEL_VERSION and run `python -m tests.support.canonical_maps`.
    """
    assert {MODEL_VERSION: model_digest()}.items() <= recorded().items()
    assert recorded()[MODEL_VERSION] == MODEL_DIGEST


def test_versions_are_different_models() -> None:
    """No digest is known by two versions."""
    assert len(set(recorded().values())) == len(recorded())


@pytest.mark.parametrize("change", [{"churn": 2.001}, {"liquidation_buffer": 0.0006}], ids=str)
def test_a_small_change_of_the_model_is_seen(change: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Churn that moves by a twentieth of a percent, or a buffer by a hundredth of one, makes another digest."""
    name, rule, assumed = canonical_maps.MARKETS[0]
    digests = []
    for assumptions in (assumed, replace(assumed, **change)):
        monkeypatch.setattr(canonical_maps, "MARKETS", [(name, rule, assumptions)])
        digests.append(model_digest())
    assert digests[0] != digests[1]


def test_a_version_is_not_recorded_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes the model cannot record it under the old version; a new version is added to the old ones."""
    digests, version = tmp_path / "digests.csv", tmp_path / "version.py"
    digests.write_text("model_version,digest\n0.9.0,abc\n")
    version.write_text('MODEL_DIGEST = ""\n')
    monkeypatch.setattr(canonical_maps, "DIGESTS", digests)
    monkeypatch.setattr(canonical_maps, "VERSION", version)
    monkeypatch.setattr(canonical_maps, "model_digest", lambda: "def")
    record()
    assert recorded() == {"0.9.0": "abc", MODEL_VERSION: "def"}
    assert version.read_text() == 'MODEL_DIGEST = "def"\n'
    monkeypatch.setattr(canonical_maps, "model_digest", lambda: "other")
    with pytest.raises(SystemExit, match="another MODEL_VERSION"):
        record()
    assert recorded()[MODEL_VERSION] == "def"


@pytest.mark.parametrize("name", ["MODEL_VERSION", "MODEL_DIGEST"])
def test_another_model_is_another_tag(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that asks again after a deploy of another model is not told that nothing changed."""
    before = etag_of("the same question")
    monkeypatch.setattr(etag, name, "another")
    assert etag_of("the same question") != before
