import hashlib
from pathlib import Path

import numpy as np
import pytest

from service.heatmap.inventory import compiled_loop, kernel
from service.heatmap.inventory.bar_loop import empty_state

SOURCE = Path(compiled_loop.__file__).with_name("bar_loop.c")


def test_the_library_is_built_from_the_source_beside_it() -> None:
    """A change of bar_loop.c that was not compiled is noticed."""
    library = compiled_loop.library()
    assert library is not None, "not built: `make test` does it"
    assert library.source().decode() == hashlib.sha256(SOURCE.read_bytes()).hexdigest(), "stale: `make test` builds it"


def test_the_kernel_uses_it() -> None:
    """Where it is built, nothing slower runs."""
    assert kernel.LIBRARY is not None


def test_without_it_there_is_none(tmp_path: Path) -> None:
    """A source tree that was never built has no library, and a file that is none is not taken for one."""
    assert compiled_loop.library(str(tmp_path)) is None
    (tmp_path / "libkernel.so").write_bytes(b"not a library")
    assert compiled_loop.library(str(tmp_path)) is None


def test_arrays_of_another_kind_are_refused() -> None:
    """Nothing that the library would misread gets to it."""
    state = empty_state(1, 1, 4)
    for name, array in (("held", np.zeros((1, 4), np.float32)), ("held", np.zeros((1, 8))[:, ::2])):
        with pytest.raises(ValueError, match=name):
            compiled_loop.checked({name: array})
    assert compiled_loop.checked(dict(vars(state)))
