"""What is wrong among the chart's values, or does not go together, is refused with a reason by the real helm."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.ops.conftest import IMAGE
from tests.support import outside

outside.require("helm", __file__)


@pytest.mark.parametrize(
    ("setting", "blamed"),
    [
        ("colour=blue", "colour"),
        ("image.colour=blue", "colour"),
        ("server.colour=blue", "colour"),
        ("service.colour=blue", "colour"),
        ("serviceAccount.colour=blue", "colour"),
        ("resources.colour=blue", "colour"),
        ("resources.limits.colour=blue", "colour"),
        ("config.EXCHANGES=sim", "EXCHANGES"),
        ("config.lh_exchanges=sim", "lh_exchanges"),
        ("config.LH_BIND=:1", "LH_BIND"),
        ("config.LH_WORKERS=4", "LH_WORKERS"),
        ("config.LH_EXCHANGE=sim", "LH_EXCHANGE"),
        ("config.LH_EXCHANGES=binance\\,mtgox", "LH_EXCHANGES"),
        ("config.LH_LOAD_THREADS=257", "LH_LOAD_THREADS"),
        ("config.LH_LOAD_THREADS=many", "LH_LOAD_THREADS"),
        ("config.LH_EXCHANGE_SECONDS=0", "LH_EXCHANGE_SECONDS"),
        ("config.LH_EXCHANGE_SECONDS=121", "LH_EXCHANGE_SECONDS"),
        ("config.LH_ACCESS_LOG=perhaps", "LH_ACCESS_LOG"),
        ("config.LH_EGRESS_PROXY=http://p:1", "LH_EGRESS_PROXY"),
        ("egress.proxy=http://me:secret@proxy:3128", "egress.proxy"),
        ("egress.proxy=socks5://proxy:1080", "egress.proxy"),
        ("externalCache.url=redis://:secret@valkey:6379", "externalCache.url"),
        ("existingSecret.settings={LH_EGRES_PROXY}", "existingSecret.settings"),
        ("proxy.microCacheSeconds=60", "proxy.microCacheSeconds"),
        ("proxy.colour=blue", "colour"),
        ("autoscaling.colour=blue", "colour"),
        ("podDisruptionBudget.maxUnavailable=0", "maxUnavailable"),
        ("metrics.serviceMonitor.interval=often", "interval"),
        ("livenessProbe.path=/x", "path"),
        ("service.ipFamilies={IPv5}", "ipFamilies"),
        ("ingress.hosts={Not a host}", "ingress.hosts"),
        ("networkPolicy.cilium.exchangeHosts={}", "exchangeHosts"),
        ("commonLabels.team=a b", "commonLabels"),
        ("extraEnv[0].name=LH_EXCHANGES", "extraEnv"),
        ("replicaCount=0", "replicaCount"),
        ("replicaCount=many", "replicaCount"),
        ("server.port=80", "server.port"),
        ("server.gracefulTimeoutSeconds=0", "server.gracefulTimeoutSeconds"),
        ("image.repository=a@sha256:0", "image.repository"),
        ("image.digest=latest", "image.digest"),
        ("image.pullPolicy=Sometimes", "image.pullPolicy"),
        ("service.type=ExternalName", "service.type"),
        ("service.port=70000", "service.port"),
        ("resources.limits.memory=lots", "resources.limits.memory"),
        ("fullnameOverride=Not_A_Name", "fullnameOverride"),
    ],
)
def test_wrong_value_is_refused(
    template: Callable[..., subprocess.CompletedProcess[str]], setting: str, blamed: str
) -> None:
    """Helm refuses to render and names what is wrong."""
    done = template("--set", IMAGE, "--set", setting)
    assert done.returncode != 0
    assert blamed in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--set", "image.repository="), "image.repository is not set: say where the cluster pulls the image from"),
        (("--set", "autoscaling.enabled=true"), "autoscaling.enabled needs a shared cache"),
        (
            ("--set", "metrics.serviceMonitor.enabled=true,metrics.enabled=false"),
            "metrics.serviceMonitor: metrics are off",
        ),
        (("--set", "httpRoute.enabled=true"), "httpRoute.parentRefs is empty"),
        (("--set", "existingSecret.settings={LH_EGRESS_PROXY}"), "existingSecret.name"),
        (("--set", "proxy.image.repository=nginx"), "proxy.image.tag or proxy.image.digest is not set"),
        (("--set-string", "config.LH_LOAD_THREADS=257"), "config.LH_LOAD_THREADS: 257 is out of range"),
        (("--set-string", "config.LH_EXCHANGE_SECONDS=0"), "config.LH_EXCHANGE_SECONDS: 0 is out of range"),
    ],
)
def test_what_does_not_go_together_is_explained(
    template: Callable[..., subprocess.CompletedProcess[str]], arguments: tuple[str, ...], said: str
) -> None:
    """A sentence says what is missing and what to set."""
    done = template("--set", IMAGE, *arguments)
    assert done.returncode != 0
    assert said in done.stderr


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("externalCache.url=redis://valkey:6379", "version 0.1.0 of the service has no shared cache"),
        ("metrics.podMonitor.enabled=true", "metrics.podMonitor: metrics are off, or version 0.1.0"),
        ("metrics.prometheusRule.enabled=true", "metrics.prometheusRule: metrics are off, or version 0.1.0"),
    ],
)
def test_what_a_release_does_not_have_is_refused(
    template: Callable[..., subprocess.CompletedProcess[str]], chart_with: Callable[..., str], value: str, said: str
) -> None:
    """The chart sets nothing that a release of the service without these settings would refuse."""
    chart = chart_with()
    known = Path(chart) / "files/settings.yaml"
    names = yaml.safe_load(known.read_text())
    known.write_text(yaml.safe_dump({name: names[name] for name in names if not re.match("LH_(CACHE|METRICS)_", name)}))
    assert template("--set", IMAGE, chart=chart).returncode == 0
    done = template("--set", f"{IMAGE},{value}", chart=chart)
    assert done.returncode != 0
    assert said in done.stderr


def test_old_cluster_is_refused(helm: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A Kubernetes without the preStop sleep is told so, not given a pod that drops requests."""
    done = helm("template", "test", "helm", "--kube-version", "1.29.9", "--set", IMAGE)
    assert done.returncode != 0
    assert "kubeVersion" in done.stderr
