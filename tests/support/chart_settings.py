"""What the chart has to know of the service's settings, found by asking the service: `make chart` writes it.

A setting's name and kind come from the dataclass and from gunicorn's configuration, its range from trying values: so
the chart's schema cannot tell another story than the start of the service does.
"""

import dataclasses
import json
import os
import re
import runpy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from service.settings import EXCHANGES, BadSettings, Settings, settings_from_environment

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm"
LARGE = 10**12
TINY = 1e-9
# what the chart sets by values of their own; a ConfigMap of settings has no place for them
ELSEWHERE = {
    "LH_BIND": "server.port",
    "LH_WORKERS": "server.workers",
    "LH_THREADS": "server.threads",
    "LH_GRACEFUL_TIMEOUT": "server.gracefulTimeoutSeconds",
    "LH_METRICS_PORT": "metrics.port",
    "LH_METRICS_HOST": "metrics.enabled",
    "LH_CACHE_URL": "externalCache.url",
    "LH_EGRESS_PROXY": "egress.proxy",
    "LH_CA_FILE": "egress.ca.configMap",
}


@dataclasses.dataclass(frozen=True)
class Range:
    """Which numbers are accepted: from `least` or above `above`, to `most`; None where there is no such end."""

    least: float | None = None
    above: float | None = None
    most: float | None = None

    def known(self) -> dict[str, float]:
        """Return the ends that there are."""
        return {name: end for name, end in dataclasses.asdict(self).items() if end is not None}


@dataclasses.dataclass(frozen=True)
class Setting:
    """One LH_ name: its kind (int, float, bool, list, json or str), its range, whether it may hold a secret."""

    name: str
    kind: str
    default: str
    range: Range = Range()
    secret: bool = False

    @property
    def in_config(self) -> bool:
        """Tell whether `config` may set it."""
        return not self.secret and self.name not in ELSEWHERE


@contextmanager
def environment(name: str, text: str) -> Iterator[None]:
    """Set one variable, and none other of ours; after it all are as before, whatever the reader has set besides."""
    others = {each: value for each, value in os.environ.items() if not each.startswith("LH_")}
    with patch.dict(os.environ, others | {name: text}, clear=True):
        yield


def accepted(name: str, text: str, read: Callable[[], Any]) -> bool:
    """Tell whether the service starts with the value."""
    with environment(name, text):
        try:
            read()
        except (BadSettings, SystemExit):
            return False
    return True


def read_server() -> None:
    """Read gunicorn's configuration."""
    runpy.run_module("service.ops.gunicorn")


def bounds(name: str, kind: str, default: float, read: Callable[[], Any]) -> Range:
    """Return the range that is accepted around a value that is."""

    def takes(value: float) -> bool:
        return accepted(name, f"{value:.9f}" if kind == "float" and value != int(value) else str(int(value)), read)

    least = above = most = None
    if not takes(-LARGE):
        open_end = kind == "float" and not takes(0) and takes(TINY)
        least, above = (None, 0) if open_end else (edge(takes, int(default), -LARGE), None)
    if not takes(LARGE):
        most = edge(takes, int(default), LARGE)
    return Range(least, above, most)


def edge(takes: Callable[[float], bool], good: int, bad: int) -> int:
    """Return the last whole number that is accepted on the way from one that is to one that is not."""
    while abs(bad - good) > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if takes(middle) else (good, middle)
    return good


def of_service() -> list[Setting]:
    """Return the settings of `Settings`."""
    kinds = {int: "int", float: "float", bool: "bool", str: "str", tuple: "list", dict: "json"}
    found = []
    for field in dataclasses.fields(Settings):
        name, default = f"LH_{field.name.upper()}", getattr(Settings(), field.name)
        kind = kinds.get(type(default)) or next((name for name in ("int", "float") if name in str(field.type)), "str")
        shown = (
            ",".join(map(str, default)) if kind == "list" else json.dumps(default) if kind == "json" else str(default)
        )
        shown = "" if default is None else shown.lower() if kind == "bool" else shown
        secret = not field.repr or bool(re.search("KEY|TOKEN|SECRET|PASSWORD", name))
        limits = bounds(name, kind, default or 1, settings_from_environment) if kind in {"int", "float"} else Range()
        found.append(Setting(name, kind, shown, limits, secret))
    return found


def of_server() -> list[Setting]:
    """Return the settings that gunicorn's configuration reads."""
    source = (ROOT / "service/ops/gunicorn.py").read_text()
    found = []
    for kind, name, default in re.findall(r'_env\.(\w+)\("(LH_\w+)", (?:default=)?(\[[^\]]*\]|[^,)]+)', source):
        value = yaml.safe_load(default)
        shown = ",".join(value) if kind == "list" else str(value).lower() if kind == "bool" else str(value)
        limits = bounds(name, kind, value, read_server) if kind in {"int", "float"} else Range()
        found.append(Setting(name, kind, shown, limits))
    return found


def settings() -> list[Setting]:
    """Return every setting that the service knows, by name."""
    # The service reads some of gunicorn's too.
    known = {setting.name: setting for setting in (*of_service(), *of_server())}
    return sorted(known.values(), key=lambda setting: setting.name)


def described(setting: Setting) -> dict[str, Any]:
    """Return the JSON schema of a setting in `config`; text that means a number is judged by the templates."""
    names = {"least": "minimum", "above": "exclusiveMinimum", "most": "maximum"}
    limits = {names[name]: end for name, end in setting.range.known().items()}
    number = {"int": ("integer", "^-?[0-9]+$"), "float": ("number", r"^[0-9]+(\.[0-9]+)?$")}
    if setting.kind in number:
        kind, pattern = number[setting.kind]
        return {"anyOf": [{"type": kind, **limits}, {"type": "string", "pattern": pattern}]}
    if setting.kind == "bool":
        return {"anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}]}
    if setting.name == "LH_EXCHANGES":
        one = f"({'|'.join(EXCHANGES)})"
        return {"type": "string", "pattern": f"^{one}( *, *{one})*$"}
    if setting.kind == "json":
        return {"type": "string", "pattern": r"^\s*\{[\s\S]*\}\s*$"}
    return {"type": "string"}


def as_schema(known: list[Setting]) -> str:
    """Return values.schema.json with the settings of the service in it; the rest of it stays as it is."""
    schema = json.loads((CHART / "values.schema.json").read_text())
    schema["properties"]["config"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {setting.name: described(setting) for setting in known if setting.in_config},
    }
    names = [setting.name for setting in known if setting.name not in {"LH_BIND", "LH_WORKERS", "LH_THREADS"}]
    secret = schema["properties"]["existingSecret"]["properties"]["settings"]
    # LH_CACHE_URL is named before it is known: the templates then say that this version has none
    secret["items"] = {"enum": sorted({*names, "LH_CACHE_URL"})}
    return json.dumps(schema, indent=2) + "\n"


def as_list(known: list[Setting]) -> str:
    """Return files/settings.yaml, by which the templates know names and ranges."""
    head = "# The settings that this release of the service knows, with their ranges; `make chart` writes it.\n"
    return head + yaml.safe_dump({setting.name: setting.range.known() for setting in known})


def range_of(limits: Range) -> str:
    """Return the range in words."""
    low = "" if limits.above is None else f"above {limits.above:g}"
    if limits.most is None:
        return low if limits.least is None else f"{limits.least:g} or more"
    return f"{low}, {limits.most:g} at most" if limits.least is None else f"{limits.least:g} to {limits.most:g}"


def settings_table(known: list[Setting]) -> str:
    """Return a row for each setting: where it is set, its kind, range and default."""
    rows = ["| setting | set by | kind | range | default |", "|---|---|---|---|---|"]
    for setting in known:
        by = ELSEWHERE.get(setting.name) or ("existingSecret" if setting.secret else "config")
        default = setting.default if len(setting.default) <= 30 else "all"
        rows.append(
            f"| `{setting.name}` | `{by}` | {setting.kind} | {range_of(setting.range)} | {default and f'`{default}`'} |"
        )
    return "\n".join(rows)


def values_table(text: str) -> str:
    """Return a row for each value that a `# --` comment explains, with its default."""
    values, rows, path = yaml.safe_load(text), ["| value | meaning | default |", "|---|---|---|"], list[str]()
    meaning = ""
    for line in text.splitlines():
        if said := re.match(r"\s*# -- (.+)", line):
            meaning = said[1]
        elif meaning and (more := re.match(r"\s*# (.+)", line)):
            meaning += f" {more[1]}"
        elif named := re.match(r"( *)([A-Za-z]\w*):", line):
            path = [*path[: len(named[1]) // 2], named[2]]
            if meaning:
                default: Any = values
                for name in path:
                    default = default[name]
                shown = json.dumps(default)
                rows.append(
                    f"| `{'.'.join(path)}` | {meaning} | `{shown if len(shown) <= 60 else 'see values.yaml'}` |"
                )
            meaning = ""
        else:
            meaning = ""
    return "\n".join(rows)


def as_readme(known: list[Setting]) -> str:
    """Return helm/README.md with both tables in their places."""
    text = (CHART / "README.md").read_text()
    for name, table in (
        ("values", values_table((CHART / "values.yaml").read_text())),
        ("settings", settings_table(known)),
    ):
        begin, end = f"<!-- {name}: written by make chart -->\n", f"\n<!-- end of {name} -->"
        before, rest = text.split(begin)
        text = before + begin + table + end + rest.split(end, 1)[1]
    return text


def generated() -> dict[Path, str]:
    """Return each generated file with what has to be in it."""
    known = settings()
    return {
        CHART / "values.schema.json": as_schema(known),
        CHART / "files/settings.yaml": as_list(known),
        CHART / "README.md": as_readme(known),
    }


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text)
