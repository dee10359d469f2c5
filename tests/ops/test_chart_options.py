"""What single values of the chart change in what it renders."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ops.conftest import IMAGE
from tests.support import outside
from tests.support.kubernetes_schemas import violations

outside.require("helm", __file__)

Manifests = dict[str, dict[str, Any]]
Render = Callable[..., Manifests]
DIGEST = "sha256:" + "ab" * 32


@pytest.fixture(scope="module")
def later(chart_with: Callable[..., str]) -> str:
    """Return the chart with a release of the service that has metrics and a shared cache, alerts and a dashboard."""
    chart = Path(chart_with("LH_METRICS_PORT", "LH_CACHE_URL"))
    rule = {
        "alert": "Down",
        "expr": "up == 0",
        "annotations": {"runbook_url": "https://x/#down", "summary": "{{ $labels.pod }}"},
    }
    (chart / "files/alerts.yaml").write_text(yaml.safe_dump({"groups": [{"name": "heatmap", "rules": [rule]}]}))
    (chart / "dashboards").mkdir(exist_ok=True)
    (chart / "dashboards/liquidation-heatmap.json").write_text('{"title": "Liquidation Heatmap {{ pod }}"}')
    return str(chart)


def sets(*arguments: str) -> list[str]:
    """Return the arguments that set values, the image's place among them."""
    return [word for argument in (IMAGE, *arguments) for word in ("--set", argument)]


def pod_of(manifests: Manifests) -> dict[str, Any]:
    """Return the pod's spec."""
    return manifests["Deployment"]["spec"]["template"]["spec"]


def test_config_arrives_as_written(render: Render) -> None:
    """Text, JSON, fractions, large whole numbers and booleans survive the way into the environment."""
    settings = yaml.safe_load(Path("helm/ci/ha-values.yaml").read_text())["config"]
    data = render("--values", "helm/ci/ha-values.yaml")["ConfigMap"]["data"]
    assert data["LH_BASE_URLS"] == settings["LH_BASE_URLS"]
    assert (data["LH_ANSWER_BYTES"], data["LH_EXCHANGE_SECONDS"]) == ("134217728", "7.5")
    assert (data["LH_ACCESS_LOG"], data["LH_KEEPALIVE"]) == ("true", "120")
    quoted = render(*sets(), "--set-string", "config.LH_EXCHANGE_SECONDS=2.5,config.LH_UNTHROTTLED=false")
    assert quoted["ConfigMap"]["data"]["LH_EXCHANGE_SECONDS"] == "2.5"


@pytest.mark.parametrize(("value", "other"), [("server.threads", 5), ("proxy.microCacheSeconds", 0)])
def test_change_of_config_makes_new_pods(render: Render, value: str, other: int) -> None:
    """The checksums on the pods follow both ConfigMaps."""
    before, same, after = (
        render(*sets(*change))["Deployment"]["spec"]["template"]["metadata"]["annotations"]
        for change in ((), (), (f"{value}={other}",))
    )
    assert before == same != after


@pytest.mark.parametrize(
    ("arguments", "image", "proxy"),
    [
        ((), "registry.example/heatmap:{version}", None),
        (("image.tag=9.9",), "registry.example/heatmap:9.9", None),
        ((f"image.digest={DIGEST}", "image.tag=9.9"), f"registry.example/heatmap@{DIGEST}", None),
        (("proxy.image.repository=n", "proxy.image.tag=v1"), "registry.example/heatmap:{version}", "n:v1"),
        (
            ("proxy.image.repository=n", f"proxy.image.digest={DIGEST}"),
            "registry.example/heatmap:{version}",
            f"n@{DIGEST}",
        ),
    ],
)
def test_image(render: Render, arguments: tuple[str, ...], image: str, proxy: str | None) -> None:
    """A digest goes before a tag, a tag before the chart's version; the proxy is in the same image, or a named one."""
    version = yaml.safe_load(Path("helm/Chart.yaml").read_text())["appVersion"]
    pod = pod_of(render(*sets(*arguments)))
    assert pod["containers"][0]["image"] == image.format(version=version)
    assert pod["initContainers"][0]["image"] == (proxy or pod["containers"][0]["image"])


def test_a_proxy_of_another_image_quits_by_its_shell(render: Render) -> None:
    """Images of nginx have a shell and no Python; ours has Python and no shell. There is always a wait of 0 or more."""
    pod = pod_of(render(*sets("proxy.image.repository=n", "proxy.image.tag=v1", "server.preStopSleepSeconds=1")))
    command = pod["initContainers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    assert command == ["sh", "-c", "sleep 0; exec nginx -e stderr -c /etc/nginx-heatmap/nginx.conf -s quit"]


@pytest.mark.parametrize(
    ("arguments", "account", "made"),
    [
        ((), "test-liquidation-heatmap", True),
        (("serviceAccount.name=mine",), "mine", True),
        (("serviceAccount.create=false",), "default", False),
        (("serviceAccount.create=false", "serviceAccount.name=theirs"), "theirs", False),
    ],
)
def test_service_account(render: Render, arguments: tuple[str, ...], account: str, made: bool) -> None:
    """The pods run under the account that was asked for, made here or not, and it carries no token."""
    manifests = render(*sets(*arguments))
    assert pod_of(manifests)["serviceAccountName"] == account
    assert ("ServiceAccount" in manifests) is made
    if made:
        assert manifests["ServiceAccount"]["metadata"]["name"] == account
        assert manifests["ServiceAccount"]["automountServiceAccountToken"] is False


@pytest.mark.parametrize(
    ("arguments", "size"),
    [
        (("replicaCount=3",), "3"),
        (("externalCache.url=redis://x:6379/0", "autoscaling.enabled=true", "autoscaling.maxReplicas=9"), "9"),
        (("config.LH_FLEET_SIZE=1",), "1"),
    ],
)
def test_pods_share_the_limits_of_exchanges(render: Render, arguments: tuple[str, ...], size: str) -> None:
    """As many as there may be have a part each, unless the operator knows that they leave by several addresses."""
    assert render(*sets(*arguments))["ConfigMap"]["data"]["LH_FLEET_SIZE"] == size


@pytest.mark.parametrize(
    ("arguments", "trusted"),
    [((), "1"), (("proxy.enabled=false",), None), (("config.LH_TRUSTED_PROXIES=2",), "2")],
)
def test_callers_are_told_apart_behind_the_proxy(
    render: Render, arguments: tuple[str, ...], trusted: str | None
) -> None:
    """The pod's own proxy is believed, one more stands before it where the operator says so, and nobody else is."""
    settings = render(*sets(*arguments))["ConfigMap"]["data"]
    assert settings.get("LH_TRUSTED_PROXIES") == trusted


def test_autoscaling_takes_over_the_number(render: Render, later: str) -> None:
    """The Deployment names no number then, the autoscaler goes by the service's own container, with its behaviour."""
    manifests = render("--values", "helm/ci/external-cache-values.yaml", chart=later)
    assert "replicas" not in manifests["Deployment"]["spec"]
    spec = manifests["HorizontalPodAutoscaler"]["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"], spec["scaleTargetRef"]["kind"]) == (2, 8, "Deployment")
    assert spec["metrics"][0]["containerResource"]["container"] == pod_of(manifests)["containers"][0]["name"]
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 600
    assert manifests["ConfigMap"]["data"]["LH_CACHE_URL"] == "redis://valkey.caches.svc.cluster.local:6379/0"


def test_autoscaling_takes_a_cache_url_of_a_secret(render: Render, later: str) -> None:
    """A URL with a password in a Secret is a shared cache too, and is not in the ConfigMap."""
    secret = ("existingSecret.name=s", "existingSecret.settings={LH_CACHE_URL}", "autoscaling.enabled=true")
    manifests = render(*sets(*secret), chart=later)
    assert "HorizontalPodAutoscaler" in manifests
    assert "LH_CACHE_URL" not in manifests["ConfigMap"]["data"]
    (variable,) = pod_of(manifests)["containers"][0]["env"]
    assert variable["valueFrom"]["secretKeyRef"] == {"name": "s", "key": "LH_CACHE_URL"}


MONITORS = ("metrics.serviceMonitor.enabled=true", "metrics.podMonitor.enabled=true", "metrics.dashboard.enabled=true")


def test_what_watches_it(render: Render, later: str) -> None:
    """Monitors look at the port that is there, the rules and the dashboard arrive as they are written."""
    manifests = render(
        *sets(*MONITORS, "metrics.prometheusRule.enabled=true", "metrics.prometheusRule.labels.r=p"), chart=later
    )
    ports = {port["name"] for port in manifests["Service"]["spec"]["ports"]}
    assert manifests["ServiceMonitor"]["spec"]["endpoints"][0]["port"] in ports
    labels = manifests["Service"]["metadata"]["labels"]
    assert manifests["ServiceMonitor"]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    names = {port["name"] for port in pod_of(manifests)["containers"][0]["ports"]}
    assert manifests["PodMonitor"]["spec"]["podMetricsEndpoints"][0]["port"] in names
    rule = manifests["PrometheusRule"]
    assert rule["metadata"]["labels"]["r"] == "p"
    assert rule["spec"]["groups"][0]["rules"][0]["annotations"]["summary"] == "{{ $labels.pod }}"
    dashboard = manifests["ConfigMap/dashboard"]
    assert dashboard["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert "{{ pod }}" in dashboard["data"]["liquidation-heatmap.json"]
    assert [violations(manifest, "1.33") for manifest in manifests.values()] == [[]] * len(manifests)


@pytest.mark.parametrize("cilium", [False, True])
def test_network_policies(render: Render, later: str, *, cilium: bool) -> None:
    """They are off by themselves; one kind at a time lets in the ports that listen and lets out names and exchanges."""
    assert not {"NetworkPolicy", "CiliumNetworkPolicy"} & set(render(*sets()))
    arguments = ("networkPolicy.enabled=true", f"networkPolicy.cilium.enabled={str(cilium).lower()}")
    manifests = render(*sets(*arguments), chart=later)
    assert ("CiliumNetworkPolicy" in manifests, "NetworkPolicy" in manifests) == (cilium, not cilium)
    policy = manifests["CiliumNetworkPolicy" if cilium else "NetworkPolicy"]
    assert violations(policy, "1.33") == []
    spec = policy["spec"]
    pods = (spec["endpointSelector"] if cilium else spec["podSelector"])["matchLabels"]
    assert pods.items() <= manifests["Deployment"]["spec"]["template"]["metadata"]["labels"].items()
    let_in = [
        int(port["port"]) for rule in spec["ingress"] for each in rule.get("toPorts", [rule]) for port in each["ports"]
    ]
    assert sorted(let_in) == [8080, 9090]
    let_out = [
        int(port["port"]) for rule in spec["egress"] for each in rule.get("toPorts", [rule]) for port in each["ports"]
    ]
    assert set(let_out) == {53, 443}


@pytest.mark.parametrize(("url", "port"), [("redis://valkey", 6379), ("redis://valkey:6380/0", 6380)])
def test_a_policy_lets_out_to_the_cache_and_the_proxy(render: Render, later: str, url: str, port: int) -> None:
    """Their ports are those of their URLs, so that closing the network does not cut them off unseen."""
    arguments = ("networkPolicy.enabled=true", f"externalCache.url={url}", "egress.proxy=http://proxy.example:8888")
    for kind, cilium in (("NetworkPolicy", "false"), ("CiliumNetworkPolicy", "true")):
        policy = render(*sets(*arguments, f"networkPolicy.cilium.enabled={cilium}"), chart=later)[kind]
        assert violations(policy, "1.33") == []
        rules = [each for rule in policy["spec"]["egress"] for each in rule.get("toPorts", [rule])]
        assert {port, 8888} <= {int(each["port"]) for rule in rules for each in rule["ports"]}


def test_addresses_of_ipv6_are_listened_on_where_there_are_any(render: Render) -> None:
    """A node without IPv6 has none to listen on, and nginx would not start."""
    config = render(*sets())["ConfigMap/proxy"]["data"]["nginx.conf"]
    both = render(*sets("service.ipFamilyPolicy=PreferDualStack"))["ConfigMap/proxy"]["data"]["nginx.conf"]
    assert ("listen [::]:8080;" in config, "listen [::]:8080;" in both) == (False, True)
    alone = render(*sets("service.ipFamilies={IPv6}", "proxy.enabled=false"))
    assert alone["ConfigMap"]["data"]["LH_BIND"] == "[::]:8080"


def test_the_clusters_own_numbers(render: Render) -> None:
    """A field that is null is left to the cluster."""
    context = pod_of(render(*sets("podSecurityContext.runAsUser=null", "podSecurityContext.fsGroup=null")))[
        "securityContext"
    ]
    assert "runAsUser" not in context
    assert "fsGroup" not in context
    assert context["runAsNonRoot"] is True


def test_no_label_of_values_moves_a_pod_out_of_its_selector(render: Render) -> None:
    """Labels that values set are added, and never take the place of those that pick the pods."""
    name = r"app\.kubernetes\.io/name=x"
    manifests = render(*sets(f"commonLabels.{name}", f"podLabels.{name}", "commonLabels.team=a", "podLabels.tier=b"))
    labels = manifests["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert manifests["Deployment"]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert (labels["team"], labels["tier"], manifests["Service"]["metadata"]["labels"]["team"]) == ("a", "b", "a")


def test_what_is_added_to_a_pod(render: Render) -> None:
    """Containers, volumes and sources of the environment stand beside ours."""
    extra = (
        "extraContainers[0].name=log",
        "initContainers[0].name=wait",
        "extraVolumes[0].name=v",
        "extraVolumeMounts[0].name=v",
        "extraEnvFrom[0].secretRef.name=s",
        "extraEnv[0].name=TZ",
        "extraEnv[0].value=UTC",
        r"podAnnotations.example\.com/x=y",
        "priorityClassName=high",
    )
    manifests = render(*sets(*extra))
    pod = pod_of(manifests)
    assert [each["name"] for each in pod["containers"]] == ["heatmap", "log"]
    assert [each["name"] for each in pod["initContainers"]] == ["wait", "proxy"]
    assert pod["volumes"][-1] == {"name": "v"}
    assert pod["containers"][0]["volumeMounts"][-1] == {"name": "v"}
    assert pod["containers"][0]["envFrom"][-1] == {"secretRef": {"name": "s"}}
    assert pod["containers"][0]["env"] == [{"name": "TZ", "value": "UTC"}]
    assert pod["priorityClassName"] == "high"
    assert manifests["Deployment"]["spec"]["template"]["metadata"]["annotations"]["example.com/x"] == "y"


PAGES = ("README.md", "helm/README.md")


def commands(page: str) -> list[list[str]]:
    """Return what the page's commands for helm set, each as words of the shell."""
    text = re.sub(r"\\\n\s*", "", Path(page).read_text())
    found = re.findall(r"^helm (?:install|upgrade) heatmap \./helm(.*)$", text, re.MULTILINE)
    return [[word for word in shlex.split(line) if word != "--reuse-values"] for line in found]


def test_the_commands_of_the_pages_render(render: Render) -> None:
    """A newcomer can copy each: it renders, with the image named where the command leaves it to the release."""
    found = [command for page in PAGES for command in commands(page)]
    assert len(found) >= 4
    for command in found:
        assert "Deployment" in render("--set", IMAGE, *command)


def test_what_the_pages_name_of_the_release_is_what_it_is_called(helm: Any) -> None:
    """The Service and the Deployment of the commands that come after."""
    done = helm("template", "heatmap", "helm", "--kube-version", "1.33.0", "--set", IMAGE)
    names = {each["metadata"]["name"] for each in yaml.safe_load_all(done.stdout) if each}
    for page in PAGES:
        assert set(re.findall(r"(?:service|deployment)/(heatmap[\w-]*)", Path(page).read_text())) <= names
