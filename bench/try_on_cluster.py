"""Try the chart on a real cluster: install, test, change and delete pods under load, uninstall; print the figures.

    KUBECONFIG=... python bench/try_on_cluster.py registry.example/liquidation-heatmap:0.1.0     # make trial

helm and kubectl are needed, and an image that the cluster can pull. All is done in a namespace of its own in which Pod
Security's `restricted` is enforced, and which is deleted in the end. No exchange is asked, only the simulated ones.
The script fails where a step does, or where a request is lost.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CHART = str(ROOT / "helm")
HELM = os.environ.get("HELM", "helm")
KUBECTL = os.environ.get("KUBECTL", "kubectl")
RELEASE = "try"
NAME = "try-liquidation-heatmap"
CALLERS, PAUSE_SECONDS = 8, 0.2
LONGEST = "300s"
# What the image needs to run two replicas of the simulated market on a small node.
SMALL = (
    "replicaCount=2,server.workers=1,config.LH_EXCHANGES=sim\\,sim2,resources.requests.cpu=100m,"
    "resources.requests.memory=192Mi,resources.limits.memory=512Mi"
)
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 10001,
    "seccompProfile": {"type": "RuntimeDefault"},
}


class Trial:
    """One trial on one cluster."""

    def __init__(self, image: str, namespace: str) -> None:
        """Try that image in that namespace."""
        self.repository, _, self.tag = image.partition(":")
        self.image, self.namespace = image, namespace
        self.version = ""

    def run(self, *command: str, given: str | None = None, fails: bool = False) -> str:
        """Run a command and return what it said; exit where it does not end as it should."""
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        if (done.returncode != 0) != fails:
            sys.exit(f"{' '.join(command)}\n{said}")
        return said

    def kubectl(self, *arguments: str, given: str | None = None) -> str:
        """Run kubectl in the namespace."""
        return self.run(KUBECTL, "--namespace", self.namespace, *arguments, given=given)

    def helm(self, verb: str, *arguments: str, fails: bool = False) -> str:
        """Run helm in the namespace."""
        return self.run(HELM, verb, "--namespace", self.namespace, *arguments, fails=fails)

    def note(self, what: str, measured: str) -> None:
        """Print a row of the table."""
        print(f"| {what} | {measured} |", flush=True)

    def timed(self, what: str, step: Callable[[], object]) -> None:
        """Note how long a step takes."""
        began = time.monotonic()
        step()
        self.note(what, f"{time.monotonic() - began:.1f} s")

    def values(self, *more: str) -> list[str]:
        """Return the arguments that set values."""
        image = [f"image.repository={self.repository}", *([f"image.tag={self.tag}"] if self.tag else []), SMALL]
        return [word for each in (*image, *more) for word in ("--set", each)]

    def rolled_out(self) -> None:
        """Wait until all pods are new and ready; where they never are, print what they say."""
        wait = ["rollout", "status", f"deployment/{NAME}", f"--timeout={LONGEST}"]
        done = subprocess.run([KUBECTL, "--namespace", self.namespace, *wait], capture_output=True, check=False)
        if done.returncode != 0:
            print(self.kubectl("get", "pods,events"))
            sys.exit(self.kubectl("logs", f"deployment/{NAME}", "--container=heatmap", "--tail=5"))

    def versions(self) -> None:
        """Note what it is tried on, and by."""
        server = json.loads(self.run(KUBECTL, "version", "--output", "json"))["serverVersion"]
        self.version = str(server["gitVersion"])
        self.note("Kubernetes, helm", f"{self.version}, {self.run(HELM, 'version', '--short').split('+')[0].strip()}")

    def refusals(self) -> None:
        """See that mistakes end in a sentence before anything is made."""
        no_image = self.helm("install", RELEASE, CHART, fails=True)
        self.note("no image named", re.findall(r"image\.repository[^:]*", no_image)[0] + ": refused")
        wrong = self.helm("install", RELEASE, CHART, *self.values("config.LH_EXCHANGE_SECOND=3"), fails=True)
        self.note("a setting misspelt", next(line.strip("- ") for line in wrong.splitlines() if "LH_EXCHANGE" in line))
        range_ = self.helm("install", RELEASE, CHART, *self.values("server.threads=0"), fails=True)
        self.note("a value out of range", next(line.strip("- ") for line in range_.splitlines() if "threads" in line))

    def install(self) -> None:
        """Install it, and ask it from within."""

        def installed() -> None:
            self.helm("install", RELEASE, CHART, *self.values())
            self.rolled_out()

        self.timed("from `helm install` until both pods are ready", installed)
        self.timed("`helm test`", lambda: self.helm("test", RELEASE, "--logs"))
        restarts = self.kubectl("get", "pods", "--output", "jsonpath={..restartCount}").split()
        self.note("containers, restarts", f"{len(restarts)}, {sum(map(int, restarts))}")

    def under_load(self, what: str, step: Callable[[], object]) -> None:
        """Do something while callers ask, and note what they were told."""
        self.start_load()
        began = time.monotonic()
        step()
        took = time.monotonic() - began
        told = self.end_load()
        self.note(what, f"{took:.1f} s; {in_words(told)}")
        if lost(told):
            sys.exit(f"{what}: {lost(told)} requests were lost: {told}")

    def start_load(self) -> None:
        """Let callers ask, from a pod of the same image."""
        script = (ROOT / "bench/cluster_load.py").read_text()
        command = ["python", "-c", script, f"http://{NAME}:80", str(CALLERS), str(PAUSE_SECONDS)]
        limits = {"requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}}
        container = {
            "name": "load",
            "image": self.image if self.tag else f"{self.image}:{app_version()}",
            "command": command,
            "securityContext": RESTRICTED,
            "resources": limits,
        }
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "load"},
            "spec": {"restartPolicy": "Never", "automountServiceAccountToken": False, "containers": [container]},
        }
        self.kubectl("apply", "--filename", "-", given=json.dumps(pod))
        self.kubectl("wait", "pod/load", "--for=condition=Ready", f"--timeout={LONGEST}")
        time.sleep(5)

    def end_load(self) -> dict[str, Any]:
        """Let the callers end, once no pod is on its way out; return what they were told."""
        self.none_on_its_way_out()
        self.kubectl("exec", "load", "--", "python", "-c", "import os; os.kill(1, 15)")
        self.kubectl("wait", "pod/load", "--for=jsonpath={.status.phase}=Succeeded", f"--timeout={LONGEST}")
        told: dict[str, Any] = json.loads(self.kubectl("logs", "load").splitlines()[-1])
        self.kubectl("delete", "pod/load")
        return told

    def none_on_its_way_out(self) -> None:
        """Wait until every pod that was told to end has ended."""
        while self.kubectl("get", "pods", "--output", "jsonpath={..deletionTimestamp}"):
            time.sleep(1)

    def change(self) -> None:
        """Change a setting, so that every pod is replaced."""
        self.helm("upgrade", RELEASE, CHART, *self.values("config.LH_KEEPALIVE=80"))
        self.rolled_out()

    def delete_a_pod(self) -> None:
        """Delete one of the pods."""
        selector = f"app.kubernetes.io/instance={RELEASE},app.kubernetes.io/name=liquidation-heatmap"
        first = self.kubectl("get", "pods", "--selector", selector, "--output", "jsonpath={.items[0].metadata.name}")
        self.kubectl("delete", f"pod/{first}")
        self.rolled_out()

    def scenarios(self) -> None:
        """Let the cluster judge the objects of every scenario, without making them."""
        kinds = set(self.kubectl("api-resources", "--no-headers", "--output", "name").split())
        for file in sorted((ROOT / "helm/ci").glob("*-values.yaml")):
            rendered = self.helm("template", "judged", CHART, "--kube-version", self.version, "--values", str(file))
            objects = [each for each in re.split(r"^---$", rendered, flags=re.MULTILINE) if "\nkind:" in each]
            taken = [each for each in objects if known(each, kinds)]
            said = self.judged("\n---".join(taken))
            refused = re.findall(r"^The .* is invalid: .*|^Error.*", said, re.MULTILINE)
            measured = f"{said.count('(server dry run)')} of {len(objects)} taken, {said.count('Warning')} warnings"
            left = [f"{len(objects) - len(taken)} of kinds that it has not"] if len(taken) < len(objects) else []
            self.note(f"objects of `{file.stem}`", "; ".join([measured, *left, *refused]))

    def judged(self, manifests: str) -> str:
        """Return what the cluster says of manifests."""
        command = [KUBECTL, "apply", "--dry-run=server", "--filename", "-"]
        done = subprocess.run(command, input=manifests, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def uninstall(self) -> None:
        """Take it away and see that nothing is left."""
        self.helm("uninstall", RELEASE)
        self.none_on_its_way_out()
        kinds = "all,configmap,serviceaccount,poddisruptionbudget,networkpolicy"
        left = self.kubectl("get", kinds, "--selector", f"app.kubernetes.io/instance={RELEASE}", "--output", "name")
        self.note("left after `helm uninstall`", " ".join(left.split()) if "/" in left else "nothing")


def app_version() -> str:
    """Return the tag that the chart has of itself."""
    found = re.search(r'^appVersion: "(.*)"$', (ROOT / "helm/Chart.yaml").read_text(), re.MULTILINE)
    assert found
    return found[1]


def known(manifest: str, kinds: set[str]) -> bool:
    """Tell whether a cluster with these resources, `plural.group`, has the kind of a manifest."""
    version, kind = (re.findall(rf"^{field}: (\S+)$", manifest, re.MULTILINE)[0] for field in ("apiVersion", "kind"))
    group = f".{version.partition('/')[0]}" if "/" in version else ""
    plural = kind.lower()[:-1] + "ies" if kind.endswith("y") else kind.lower() + "s"
    return plural + group in kinds or kind.lower() + "es" + group in kinds


def lost(told: dict[str, Any]) -> int:
    """Count what was not answered with 200, whatever the reason."""
    kinds = (told["kept"], told["new"])
    return sum(count for kind in kinds for name, count in kind.items() if name not in {"200", "asked again"})


def in_words(told: dict[str, Any]) -> str:
    """Return what callers were told as a row of the table has it."""
    answered = sum(told[kind].get("200", 0) for kind in ("kept", "new"))
    again = told["kept"].get("asked again", 0)
    return (
        f"{answered} answered, {lost(told)} lost, longest {told['longest']:.2f} s; {again} kept connections were closed"
    )


def main() -> None:
    """Do all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("image", help="repository:tag that the cluster can pull")
    parser.add_argument("--namespace", default="heatmap-trial", help="made for the trial, and deleted after it")
    asked = parser.parse_args()
    trial = Trial(asked.image, asked.namespace)
    trial.run(KUBECTL, "create", "namespace", asked.namespace)
    try:
        labels = [f"pod-security.kubernetes.io/{mode}=restricted" for mode in ("enforce", "warn")]
        trial.run(KUBECTL, "label", "namespace", asked.namespace, *labels)
        print("| figure | measured |\n|---|---|")
        trial.versions()
        trial.refusals()
        trial.install()
        trial.under_load("every pod replaced by `helm upgrade`, under load", trial.change)
        trial.under_load("one pod deleted, under load", trial.delete_a_pod)
        trial.scenarios()
        trial.uninstall()
    finally:
        trial.run(KUBECTL, "delete", "namespace", asked.namespace)


if __name__ == "__main__":
    main()
