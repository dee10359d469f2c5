"""Every resource answers as it did: whoever changes an answer means to, and commits the new one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from tests.golden.answers import FOLDER, RELATIVE, Golden, differences
from tests.golden.askers import VENUES, Askers
from tests.golden.requests import EMULATED, NAMES, REFUSED, SIMULATED

CONTRACT = Path(__file__).resolve().parents[2] / "openapi.yaml"


@pytest.fixture(scope="module")
def askers() -> Iterator[Askers]:
    """Return the applications that are asked, shared by all requests."""
    with Askers() as found:
        yield found


@pytest.mark.parametrize("name", NAMES)
def test_golden_answer(askers: Askers, name: str) -> None:
    """An answer is what was kept, or the first place where it differs is named."""
    kept = Golden.read(name)
    first = next(kept.changes(askers.ask(name)), None)
    assert first is None, f"{name}: {first} (if this is meant: python -m tests.golden.record)"


def test_nothing_is_kept_that_is_not_asked() -> None:
    """Each file belongs to a request."""
    assert {file.stem for file in FOLDER.iterdir()} == set(NAMES)


def test_every_resource_has_a_golden_answer() -> None:
    """Each path of the contract is asked for, with success; each exchange too."""
    asked_for = SIMULATED | EMULATED | {name: asked[-1] for name, (_, asked) in REFUSED.items()}
    answered = {urlsplit(path).path for name, path in asked_for.items() if Golden.read(name).status == 200}
    # Pictures are compared by their pixels, in their own tests.
    texts = {
        path for path in yaml.safe_load(CONTRACT.read_text())["paths"] if not path.endswith((".png", ".npz", ".arrow"))
    }
    assert texts <= answered
    assert all(any(f"exchange={venue}" in path for path in EMULATED.values()) for venue in VENUES)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({"a": [1, {"b": 2.0}]}, {"a": [1, {"b": 2.5}]}, ["$.a[1].b: 2.0 -> 2.5"]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ["$: names ['a', 'b'] -> ['b', 'a']"]),
        ({"a": 1}, {"a": 1, "b": 2}, ["$: names ['a'] -> ['a', 'b']"]),
        ([1, 2], [1, 3, 4], ["$: 2 -> 3 items", "$[1]: 2 -> 3"]),
        ([1, True, None], [1.0, 1, 0], ["$[0]: 1 -> 1.0", "$[1]: True -> 1", "$[2]: None -> 0"]),
        ("one\ntwo", "one\n2\n3", ["$: 'two' -> '2'", "$: None -> '3'"]),
        ([1.0, 0.0], [1.0 + 1e-12, 1e-12], []),
        ([1.0], [1.0 + 1e-8], ["$[0]: 1.0 -> 1.00000001"]),
    ],
)
def test_differences(was: Any, now: Any, expected: list[str]) -> None:
    """Each difference is named with its place, in order; floats may differ by what processors do."""
    assert list(differences(was, now, relative=RELATIVE, place="$")) == expected


def test_where_machines_compute_alike_every_bit_counts() -> None:
    """The last digit of a figure, or bytes that parse to the same, are no difference on another machine alone."""
    headers = {"Content-Type": "application/json"}
    kept = Golden(200, headers, tagged=True, sha256="0" * 64, arithmetic="here", body={"price": 1.0})
    digit = Golden(200, headers, tagged=True, sha256="1" * 64, arithmetic="here", body={"price": 1.0 + 1e-15})
    assert [change.partition(":")[0] for change in kept.changes(digit)] == ["body.price", "sha256"]
    elsewhere = Golden(200, headers, tagged=True, sha256="1" * 64, arithmetic="there", body={"price": 1.0 + 1e-15})
    assert list(kept.changes(elsewhere)) == []
