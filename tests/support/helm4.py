"""Render the chart by helm 4, a process for all: `python -m tests.support.helm4 CHART VALUES...`.

It is a library of Go, which takes a process's signals for itself: not for the process of the tests.
"""

import json
import sys
from pathlib import Path
from typing import Any

import helm_python
import yaml


def rendered(chart: str, values: str) -> list[dict[str, Any]]:
    """Return the manifests of a chart with one file of values."""
    with helm_python.Chart.load(chart) as loaded:
        texts = loaded.render(yaml.safe_load(Path(values).read_text()), name="test", namespace="markets")
    documents = (yaml.safe_load_all(text) for name, text in sorted(texts.items()) if name.endswith(".yaml"))
    return [manifest for each in documents for manifest in each if manifest]


if __name__ == "__main__":
    json.dump({values: rendered(sys.argv[1], values) for values in sys.argv[2:]}, sys.stdout)
