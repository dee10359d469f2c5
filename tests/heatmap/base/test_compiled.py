import hashlib
from pathlib import Path

import numpy as np
import pytest

from service.heatmap.base import compiled
from service.heatmap.base.compiled import LIBRARY, Layout, function, library

SERVICE = Path(compiled.__file__).parents[2]
LAYOUT = Layout("side", "bars", "*held", "#front")
MIXED = Layout("mixed", "bars", "=step", "*held")


def test_the_library_is_built_from_the_sources_in_the_tree() -> None:
    """A change of a C file that was not compiled is noticed."""
    assert LIBRARY is not None, "not built: `make test` does it"
    sources = b"".join(path.read_bytes() for path in sorted(SERVICE.glob("*/*/*.[ch]")))
    assert LIBRARY.source().decode() == hashlib.sha256(sources).hexdigest(), "stale: `make test` builds it"


def test_without_it_there_is_none(tmp_path: Path) -> None:
    """A source tree that was never built has no library, and a file that is none is not taken for one."""
    assert library(str(tmp_path)) is None
    (tmp_path / "libkernel.so").write_bytes(b"not a library")
    assert library(str(tmp_path)) is None


def test_what_it_lacks_or_has_for_another_layout_is_not_called() -> None:
    """A library that was built from an older source is not given what it would misread."""
    assert function(None, "run") is None
    assert function(LIBRARY, "no_such_function") is None
    assert function(LIBRARY, "run", Layout("side", "bars")) is None
    assert function(LIBRARY, "run", Layout("no_such_struct", "bars")) is None


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("held", np.zeros((1, 4), np.float32)),
        ("held", np.zeros((1, 8))[:, ::2]),
        ("held", np.zeros(4, np.int64)),
        ("front", np.zeros(1)),
        ("bars", np.zeros(1)),
    ],
)
def test_arrays_of_another_kind_are_refused(name: str, array: np.ndarray) -> None:
    """Nothing that the library would misread gets to it."""
    fields: dict[str, int | np.ndarray] = {"bars": 1, "held": np.zeros((1, 4)), "front": np.zeros(1, np.int64)}
    assert LAYOUT.filled(fields)
    with pytest.raises(ValueError, match=name):
        LAYOUT.filled({**fields, name: array})


@pytest.mark.parametrize("read_only", [False, True])
def test_structs_hold_numbers_and_addresses(read_only: bool) -> None:
    """Whole numbers, floats, and where arrays lie: an empty one and one not to be written to as well."""
    held = np.zeros((2, 3))
    held.flags.writeable = not read_only
    found = MIXED.filled({"bars": 3, "step": 0.25, "held": held})
    assert (found.bars, found.step, found.held) == (3, 0.25, held.ctypes.data)
    assert MIXED.filled({"bars": 3, "step": 0.0, "held": np.zeros(0)}).bars == 3
    with pytest.raises(TypeError):
        MIXED.filled({"bars": 0.5, "step": 0.25, "held": held})


def test_a_field_more_or_less_is_refused() -> None:
    """An array that was forgotten would be read from address 0."""
    whole: dict[str, int | np.ndarray] = {"bars": 1, "held": np.zeros(1), "front": np.zeros(1, np.int64)}
    for fields in ({**whole, "more": 1}, {name: whole[name] for name in ("bars", "front")}):
        with pytest.raises(ValueError, match="side"):
            LAYOUT.filled(fields)
