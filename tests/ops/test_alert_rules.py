"""The alerts in a real Prometheus, as the chart renders them: each rings on what it is for, and on nothing else."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ops.conftest import IMAGE
from tests.ops.test_alerts import RULES
from tests.support import outside

outside.require("promtool", __file__)

CASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("alerts_test.yaml").read_text())
# What every rule says always; what it says of the case at hand, its summary, stands in each case.
SAME = {rule["alert"]: rule["annotations"] for rule in RULES}


def promtool(*arguments: str | Path) -> None:
    """Run promtool; what it finds wrong fails the test."""
    path = outside.promtool()
    assert path is not None, "CI must have promtool: install prometheus"
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def rules(render: Callable[..., dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of rules that the operator makes of the chart's PrometheusRule."""
    rendered = render("--set", f"{IMAGE},metrics.prometheusRule.enabled=true")["PrometheusRule"]
    file = tmp_path_factory.mktemp("rules") / "rules.json"
    file.write_text(json.dumps({"groups": rendered["spec"]["groups"]}))
    return file


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case whose alerts are expected with all of their annotations."""
    checks = [
        check
        | {
            "exp_alerts": [
                each | {"exp_annotations": SAME[check["alertname"]] | each["exp_annotations"]}
                for each in check["exp_alerts"]
            ]
        }
        for check in case["alert_rule_test"]
    ]
    return case | {"alert_rule_test": checks}


def test_prometheus_takes_the_rules(rules: Path) -> None:
    """All of them, and finds nothing to remark on."""
    promtool("check", "rules", "--lint-fatal", rules)


@pytest.mark.parametrize("case", CASES["tests"], ids=lambda case: case["name"])
def test_alerts_ring_on_what_they_are_for(case: dict[str, Any], rules: Path, tmp_path: Path) -> None:
    """Given the series of a case, the alerts that it names are those that ring, with these labels and words."""
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CASES | {"rule_files": [str(rules)], "tests": [expected(case)]}))
    promtool("test", "rules", file)


@pytest.mark.parametrize("alert", sorted(SAME))
def test_each_alert_rings_in_one_case_and_is_silent_in_another(alert: str) -> None:
    """At the latest moment that a case looks at, by when a `for` has passed."""
    ring = set()
    for case in CASES["tests"]:
        checks = [check for check in case["alert_rule_test"] if check["alertname"] == alert]
        if checks:
            ring.add(any(check["exp_alerts"] for check in checks))
    assert ring == {True, False}


def test_summaries_say_which_and_how_much() -> None:
    """What a case expects as words is what the rule's own text becomes: no braces are left in it."""
    for case in CASES["tests"]:
        for check in case["alert_rule_test"]:
            for alert in check["exp_alerts"]:
                assert not re.search(r"[{}]", alert["exp_annotations"]["summary"])
