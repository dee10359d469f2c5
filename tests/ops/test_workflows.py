"""What CI and a release do, read from their workflows; actionlint reads them in `make check`."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="module")
def release(root: Path) -> dict[str, Any]:
    """Return the job of a release."""
    return yaml.safe_load((root / ".github/workflows/release.yml").read_text())["jobs"]["image"]


def commands(job: dict[str, Any]) -> str:
    """Return what a job runs."""
    return "\n".join(step.get("run", step.get("uses", "")) for step in job["steps"])


def test_a_release_is_signed_and_has_its_bill_of_materials(release: dict[str, Any]) -> None:
    """By digest, without a key that could be lost, and attached to the image and to the release alike."""
    said = commands(release)
    assert release["permissions"]["id-token"] == "write"
    assert 'cosign sign --yes "$IMAGE@$DIGEST"' in said
    assert 'cosign attest --yes --type spdxjson --predicate sbom.spdx.json "$IMAGE@$DIGEST"' in said
    assert re.search(r"gh release create .*sbom\.spdx\.json", said)
    (build,) = [step for step in release["steps"] if step.get("id") == "build"]
    assert build["with"]["provenance"] is True


def test_a_release_can_be_built_again(root: Path, release: dict[str, Any]) -> None:
    """Its files have the time that the Dockerfile names, and not that of the build."""
    (build,) = [step for step in release["steps"] if step.get("id") == "build"]
    (epoch,) = re.findall(r"ARG SOURCE_DATE_EPOCH=(\d+)", (root / "Dockerfile").read_text())
    assert f"SOURCE_DATE_EPOCH={epoch}" in build["with"]["build-args"]
    assert "rewrite-timestamp=true" in build["with"]["outputs"]


def test_the_image_is_built_measured_and_asked_in_ci(root: Path) -> None:
    """Twice the same, under its size, and serving from a read-only root."""
    said = commands(yaml.safe_load((root / ".github/workflows/ci.yml").read_text())["jobs"]["image"])
    for step in (
        "cmp image-1.tar image-2.tar",
        "image_figures.py image-1 --most-megabytes 260",
        "--read-only",
        "/v1/heatmap",
        "openapi | diff - openapi.yaml",
        "nginx -e stderr -t",
    ):
        assert step in said
