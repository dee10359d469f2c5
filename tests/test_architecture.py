"""The house's rules that no linter knows: which way imports point, and how large a thing may grow."""

import ast
import functools
import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SERVICE = ROOT / "service"
EVERY = sorted(SERVICE.rglob("*.py"))
HEATMAP = sorted((SERVICE / "heatmap").rglob("*.py"))
MARKET = sorted((SERVICE / "market").rglob("*.py"))
API = sorted((SERVICE / "api").rglob("*.py"))
# The packages outside the model whose docstrings list what is in them.
LISTED = [
    "analysis",
    "analysis.concurrency",
    "analysis.maps",
    "analysis.markets",
    "analysis.position",
    "analysis.results",
    "analysis.zones",
    "api",
    "api.coinglass",
    "api.edge",
    "api.edge.contract",
    "api.edge.errors",
    "api.edge.kept_answers",
    "api.edge.refusals",
    "api.pictures",
    "api.query",
    "api.resources",
    "api.schemas",
    "market.feed.alignment",
    "market.feed.checks",
    "market.feed.exchange_health",
    "market.feed.fetching",
    "mcp_server",
    "ops",
]

# What a pure function may need: no clock, no chance, no file, no network, no thread.
PURE = {
    "__future__", "abc", "bisect", "collections", "dataclasses", "decimal", "enum", "fractions", "functools",
    "hashlib", "heapq", "itertools", "math", "numbers", "operator", "re", "statistics", "types", "typing",
}  # fmt: skip
# What the build compiled has to be loaded, by one module.
LOADER = SERVICE / "heatmap" / "base" / "compiled.py"
WEB = {"flask", "flask_smorest", "marshmallow", "webargs", "werkzeug", "apispec", "gunicorn"}

# The packages of the model by floor: each may import from the floors below its own.
FLOORS = (
    ("base",),
    ("stats", "margin", "cascade"),
    ("density", "levels", "inventory", "compare"),
    ("profile", "zones", "skill"),
    ("touches",),
    ("lift",),
)
FLOOR_OF = {package: floor for floor, packages in enumerate(FLOORS) for package in packages}
PACKAGES = sorted(path.parent.name for path in (SERVICE / "heatmap").glob("*/__init__.py"))
BENCH = sorted((ROOT / "bench").glob("*.py"))


def of(path: Path) -> str:
    """Return a path as a reader would say it."""
    return str(path.relative_to(ROOT))


@functools.cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return all that a file is made of; each file is read once for all rules."""
    return tuple(ast.walk(ast.parse(path.read_text())))


@functools.cache
def imports(path: Path) -> tuple[str, ...]:
    """Return every module a file imports, wherever in it; `from a import b` as `a.b`, for b may be a module."""
    found: list[str] = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{of(path)}:{node.lineno} imports relatively, which hides the direction"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(found)


def breaking(paths: Iterable[Path], wrong: Callable[[Path], Iterable[object]]) -> dict[str, list[object]]:
    """Return what is wrong in each file; a rule holds for all of them in one test, which names every file at fault."""
    assert paths
    return {of(path): found for path in paths if (found := list(wrong(path)))}


def within(module: str, *packages: str) -> bool:
    """Say whether a module is one of the packages or inside one."""
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


# What each part of the service may import of the others; the application wires them all.
LAYERS = {
    "cache": {"ops"},
    "clocks": set(),
    "times": set(),
    "heatmap": {"times"},
    "market": {"heatmap", "times", "cache", "ops"},
    "analysis": {"market", "heatmap", "times", "cache", "ops"},
    "api": {"analysis", "market", "heatmap", "times", "cache", "ops", "__version__"},
    "cli": {"app", "analysis", "market", "heatmap", "times", "settings", "ops", "mcp_server", "__version__"},
    "mcp_server": set(),
    "ops": set(),
}


@pytest.mark.parametrize("part", LAYERS)
def test_parts_import_from_lower_ones_alone(part: str) -> None:
    """Imports run one way: api -> analysis -> market -> heatmap, with the console beside the API."""
    files = [path for path in EVERY if path.relative_to(SERVICE).parts[0] in {part, f"{part}.py"}]
    assert files
    known = {module.split(".")[1] for path in files for module in imports(path) if module.startswith("service.")}
    assert known - {part} <= LAYERS[part]


def test_every_part_has_its_place() -> None:
    """A new part of the service is put among the layers, and not beside them."""
    parts = {path.relative_to(SERVICE).parts[0].removesuffix(".py") for path in EVERY}
    assert parts == {*LAYERS, "__init__", "app", "settings"}


def test_the_model_is_pure() -> None:
    """The model knows numpy, itself and how long an hour is, and takes time and chance as arguments."""

    def foreign(path: Path) -> list[str]:
        pure = PURE | {"ctypes"} if path == LOADER else PURE
        ours = "service.heatmap", "service.times", "numpy"
        return [module for module in imports(path) if not within(module, *ours) and module.split(".")[0] not in pure]

    assert breaking(HEATMAP, foreign) == {}


def test_the_model_makes_no_chance_of_its_own() -> None:
    """The shared random state of numpy is not used; a generator is made from a seed that was given."""

    def drawn(path: Path) -> list[str]:
        calls = [ast.unparse(node) for node in nodes(path) if isinstance(node, ast.Call)]
        random = [call for call in calls if call.startswith(("np.random.", "numpy.random."))]
        return [call for call in random if "default_rng(" not in call or call.endswith("default_rng()")]

    assert breaking(HEATMAP, drawn) == {}


def test_the_analysis_does_not_know_the_web() -> None:
    """Requests come in and results go out as dataclasses: no web framework, no JSON, no exchange's client library."""
    foreign = WEB | {"ccxt", "orjson", "json"}
    files = sorted((SERVICE / "analysis").rglob("*.py"))
    assert breaking(files, lambda path: [m for m in imports(path) if m.split(".")[0] in foreign]) == {}


@pytest.mark.parametrize("package", LISTED)
def test_a_package_outside_the_model_says_what_is_in_it(package: str) -> None:
    """Its docstring has a line for each of its modules and packages, and for nothing else."""
    folder = SERVICE.joinpath(*package.split("."))
    there = {path.stem for path in folder.iterdir() if path.stem not in {"__init__", "__pycache__"}}
    listed = named_in(f"service.{package}")
    assert sorted(listed) == sorted(there)


def test_the_market_does_not_know_the_edge() -> None:
    """Market data is fetched without knowing who asks: no HTTP edge, no wiring, no web framework."""
    edge = "service.api", "service.app", "service.cli.main"
    assert breaking(MARKET, lambda path: [m for m in imports(path) if within(m, *edge) or m.split(".")[0] in WEB]) == {}


def test_the_edge_does_not_reach_around_the_market() -> None:
    """The HTTP edge asks the market, never an exchange's client library, and does not wire itself."""
    around = "service.app", "service.cli.main", "ccxt"
    assert breaking(API, lambda path: [m for m in imports(path) if within(m, *around)]) == {}


def test_sizes() -> None:
    """A file has at most 300 lines and a function at most 60, its docstring among them."""

    def large(path: Path) -> Iterator[str]:
        if (lines := len(path.read_text().splitlines())) > 300:
            yield f"{lines} lines"
        functions = (node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        for node in functions:
            if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > 60:
                yield f"{node.name}: {lines} lines"

    assert breaking(EVERY, large) == {}


def test_no_module_keeps_state() -> None:
    """No function rebinds a module's name, so nothing lives on between requests unseen."""
    assert breaking(EVERY, lambda path: [node.names for node in nodes(path) if isinstance(node, ast.Global)]) == {}


def test_files_are_named_for_what_they_do() -> None:
    """A newcomer finds a behaviour by its file's name."""
    vague = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert [of(path) for path in EVERY if path.stem in vague] == []


def froms(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the module and the name of every `from module import name` in a file."""
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom):
            yield from ((str(node.module), alias.name) for alias in node.names)


def named_in(package: str) -> list[str]:
    """Return what the docstring of a package lists: the first word of each line that goes on after two spaces."""
    return re.findall(r"^([a-z_]+) {2,}\S", str(importlib.import_module(package).__doc__), re.MULTILINE)


def test_every_package_of_the_model_has_its_floor() -> None:
    """The table of floors names every package once."""
    assert sorted(FLOOR_OF) == PACKAGES
    assert sum(map(len, FLOORS)) == len(FLOOR_OF)


def test_packages_import_from_lower_floors_alone() -> None:
    """Nothing in a package imports from its own floor or a higher one, so there are no circles of packages."""

    def beside(path: Path) -> list[str]:
        package = path.relative_to(SERVICE / "heatmap").parts[0]
        others = [m for m, _ in froms(path) if within(m, "service.heatmap") and m.split(".")[2:3] != [package]]
        return [m for m in others if m.count(".") == 1 or FLOOR_OF[m.split(".")[2]] >= FLOOR_OF[package]]

    assert breaking([path for path in HEATMAP if path.parent.name in FLOOR_OF], beside) == {}


def test_the_model_is_used_through_what_it_exports() -> None:
    """Outside the model a name comes from the model itself, or from the `__all__` of one of its packages."""

    def around(path: Path) -> Iterator[str]:
        names = [(module, name) for module, name in froms(path) if within(module, "service.heatmap")]
        for module, name in names:
            if module.count(".") > 2 or name not in importlib.import_module(module).__all__:
                yield f"{module}.{name}"
        if "service.heatmap" in imports(path):
            yield "import names, not the model"

    assert breaking([*(path for path in EVERY if path not in HEATMAP), *BENCH], around) == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_what_is_in_it(package: str) -> None:
    """The docstring of a package has a line for each of its modules, in order, and for nothing else."""
    folder = SERVICE / "heatmap" / package
    assert named_in(f"service.heatmap.{package}") == sorted(
        path.stem for path in folder.glob("*.py") if path.stem != "__init__"
    )


@pytest.mark.parametrize("package", ["", *PACKAGES])
def test_what_is_exported_is_there(package: str) -> None:
    """Every name of `__all__` can be imported, and none hides a module of the same name."""
    module = importlib.import_module(f"service.heatmap.{package}".rstrip("."))
    folder = SERVICE / "heatmap" / package
    modules = {path.stem for path in folder.iterdir()}
    assert module.__all__
    assert [name for name in module.__all__ if not hasattr(module, name) or name in modules] == []


def test_the_model_says_what_is_in_it() -> None:
    """The docstring of the model has a line for each of its packages."""
    assert sorted(named_in("service.heatmap")) == PACKAGES


# What stands in other parts by floor, from the bottom: each may import from the floors below its own.
FLOORS_OF = {
    "analysis": (
        ("digest", "requests"),
        ("limits",),
        ("concurrency",),
        ("services",),
        ("markets",),
        ("maps", "position", "prepared"),
        ("zones",),
        ("results",),
    ),
    "api.edge": (
        ("asked_about", "headers"),
        ("cors", "errors", "observed"),
        ("contract", "refusals"),
        ("kept_answers",),
    ),
    "market.feed": (
        ("alignment", "exchange_health", "price", "query"),
        ("checks", "fetching"),
        ("feed",),
    ),
}


@pytest.mark.parametrize("package", FLOORS_OF)
def test_rooms_import_from_lower_floors_alone(package: str) -> None:
    """There is one way up, and every room and module of the package stands on it."""
    whole, folder = f"service.{package}", SERVICE.joinpath(*package.split("."))
    floor_of = {room: floor for floor, rooms in enumerate(FLOORS_OF[package]) for room in rooms}

    def room_of(module: str) -> str:
        return module.removeprefix(f"{whole}.").split(".")[0]

    def beside(path: Path) -> list[str]:
        own = path.relative_to(folder).parts[0].removesuffix(".py")
        others = [m for m in imports(path) if within(m, whole) and room_of(m) != own]
        return [m for m in others if floor_of[room_of(m)] >= floor_of[own]]

    assert sorted(floor_of) == sorted(named_in(whole))
    assert breaking([path for path in folder.rglob("*.py") if path != folder / "__init__.py"], beside) == {}


def market_package(path: Path) -> str:
    """Return the package of the market that a file is in, in whichever of its rooms."""
    return path.relative_to(SERVICE / "market").parts[0]


# Which packages of the market each of them may import from.
MARKET_KNOWS: dict[str, set[str]] = {
    "contract": set(),
    "brackets": {"contract"},
    "feed": {"contract", "brackets"},
    "adapter": {"contract"},
    "fleet": {"contract"},
    "sim": {"contract"},
    "venues": {"contract", "adapter", "brackets"},
}
# The only packages that talk to an exchange's client library.
TALK_TO_EXCHANGES = {"adapter", "venues"}


def test_packages_of_the_market_know_few_others() -> None:
    """The contract stands alone, venues are made of the adapter, and neither the feed nor sim knows a real exchange."""

    def foreign(path: Path) -> list[str]:
        package = market_package(path)
        known = {package, *MARKET_KNOWS[package]}
        others = [m for m, _ in froms(path) if within(m, "service.market") and m.split(".")[2] not in known]
        talking = [] if package in TALK_TO_EXCHANGES else ["ccxt", "requests", "urllib3"]
        return [*others, *(m for m in imports(path) if talking and within(m, *talking))]

    assert breaking([path for path in MARKET if path.parent.name != "market"], foreign) == {}


def test_the_market_is_used_through_what_its_packages_export() -> None:
    """Outside a package of the market a name comes from the `__all__` of that package."""

    def around(path: Path) -> list[str]:
        own = f"service.market.{market_package(path)}" if path in MARKET else ""
        foreign = [
            (module, name)
            for module, name in froms(path)
            if within(module, "service.market") and not (own and within(module, own))
        ]
        return [f"{m}.{n}" for m, n in foreign if m.count(".") != 2 or n not in importlib.import_module(m).__all__]

    assert breaking(EVERY, around) == {}


@pytest.mark.parametrize("package", sorted(MARKET_KNOWS))
def test_a_package_of_the_market_says_what_is_in_it(package: str) -> None:
    """Its docstring has a line for each of its modules, in order, and what it exports is there and hides no module."""
    module, folder = importlib.import_module(f"service.market.{package}"), SERVICE / "market" / package
    rooms = [path.parent for path in folder.glob("*/__init__.py")]
    modules = sorted(path.stem for path in [*folder.glob("*.py"), *rooms] if path.stem != "__init__")
    assert named_in(f"service.market.{package}") == modules
    assert [name for name in module.__all__ if not hasattr(module, name) or name in modules] == []


def test_the_market_says_what_is_in_it() -> None:
    """The docstring of the market has a line for each of its packages."""
    assert named_in("service.market") == sorted(MARKET_KNOWS)


# Modules whose tests stand elsewhere, and why.
TESTED_ELSEWHERE = {
    **{
        f"api/formats/{name}.py": "read by what it is for: api/resources/test_heatmap_formats.py"
        for name in ("arrow_stream", "csv_text", "lwc_series", "npz_arrays", "rows_list")
    },
    "api/pictures/heatmap_png.py": "drawn whole: api/resources/test_pictures.py",
    "api/pictures/zones_png.py": "drawn whole: api/resources/test_pictures.py",
    "api/schemas/described.py": "one line, which every schema uses",
    "market/feed/fetching/kept_data.py": "holds fetchers, tested by themselves: test_fetcher.py, test_history.py",
}


def test_every_module_with_logic_has_its_test() -> None:
    """`service/a/b.py` has `tests/a/test_b.py`, or a reason why its tests are elsewhere; and no reason is left over."""
    functions = ast.FunctionDef, ast.AsyncFunctionDef
    untested = {
        str(path.relative_to(SERVICE))
        for path in EVERY
        if path.stem not in {"__init__", "__main__"} and any(isinstance(node, functions) for node in nodes(path))
        if not (ROOT / "tests" / path.relative_to(SERVICE).parent / f"test_{path.name}").is_file()
    }
    assert untested == TESTED_ELSEWHERE.keys()
