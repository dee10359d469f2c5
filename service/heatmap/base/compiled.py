"""What the build compiled from C (see hatch_build.py): one library, which knows nothing of Python.

Each of its functions takes one struct. A function lets go of the interpreter's lock while it runs.
"""

import ctypes
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Library: TypeAlias = ctypes.CDLL

NAME = "libkernel"
# What the name of a struct's field begins with where it is an array; the others are int64.
TYPES = {"*": np.float64, "#": np.int64}


class Layout:
    """A struct of the library: its name and its fields in their order, arrays marked as in TYPES."""

    def __init__(self, name: str, *fields: str) -> None:
        """Take the fields as the C source has them."""
        self.name = name
        self._kinds = {field.lstrip("".join(TYPES)): TYPES.get(field[0]) for field in fields}
        kinds = [(name, ctypes.c_int64 if kind is None else ctypes.c_void_p) for name, kind in self._kinds.items()]
        self.structure: type[ctypes.Structure] = type(name, (ctypes.Structure,), {"_fields_": kinds})

    def filled(self, values: Mapping[str, int | NDArray[Any] | ctypes.Array[Any]]) -> ctypes.Structure:
        """Return the struct with a value for each field; whoever calls keeps the arrays until it has been read.

        Raises ValueError naming an array of another type or with gaps, or fields that are missing or too many.
        """
        if values.keys() != self._kinds.keys():
            raise ValueError(f"{self.name}: {sorted(values.keys() ^ self._kinds.keys())}")
        return self.structure(*(_field(name, kind, values[name]) for name, kind in self._kinds.items()))

    def many(self, filled: list[ctypes.Structure]) -> ctypes.Array[Any]:
        """Return the structs one after the other, as the library reads several."""
        return (self.structure * len(filled))(*filled)


def _field(name: str, kind: type | None, value: int | NDArray[Any] | ctypes.Array[Any]) -> int:
    if isinstance(value, ctypes.Array):
        return ctypes.addressof(value)
    if not isinstance(value, np.ndarray):
        return int(value)
    if kind is None or value.dtype != kind or not value.flags.c_contiguous:
        raise ValueError(f"{name}: {value.dtype} array, or with gaps")
    return value.ctypes.data


def library(beside: str = __file__) -> Library | None:
    """Return the library beside a file, this one; None where there is none."""
    try:
        found = np.ctypeslib.load_library(NAME, beside)
        found.source.restype = ctypes.c_char_p
    except (OSError, AttributeError):
        return None
    return found


def function(found: Library | None, name: str, *layouts: Layout) -> Callable[[ctypes.Structure], None] | None:
    """Return a function of the library; None where it has none, or was compiled for other layouts of its structs."""
    try:
        sizes = [getattr(found, f"{layout.name}_size")() for layout in layouts]
        wanted = getattr(found, name)
    except AttributeError:
        return None
    if sizes != [ctypes.sizeof(layout.structure) for layout in layouts]:
        return None

    def call(argument: ctypes.Structure) -> None:
        wanted(ctypes.byref(argument))

    return call


# Loaded once; None where the build had no compiler.
LIBRARY = library()
