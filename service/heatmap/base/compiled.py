"""What the build compiled from C (see hatch_build.py): one library, which knows nothing of Python.

Each of its functions takes one struct. A function lets go of the interpreter's lock while it runs.
"""

import ctypes
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Library: TypeAlias = ctypes.CDLL
Structs: TypeAlias = ctypes.Array[Any]
Value: TypeAlias = int | float | NDArray[Any] | Structs
Call: TypeAlias = Callable[[ctypes.Structure], None]

NAME = "libkernel"
# What the name of a struct's field begins with where it is an array, or a float64; the others are int64.
TYPES = {"*": np.dtype(np.float64), "#": np.dtype(np.int64)}
FLOAT = "="
# What lies at an address, however much it is.
_NO_BYTES = ctypes.c_char * 0


class Layout:
    """A struct of the library: its name and its fields in their order, marked as in TYPES and FLOAT."""

    def __init__(self, name: str, *fields: str) -> None:
        """Take the fields as the C source has them."""
        self.name = name
        marks = {field.lstrip("".join((*TYPES, FLOAT))): field[0] for field in fields}
        self._types = {name: TYPES.get(mark) for name, mark in marks.items()}
        kinds = [
            (name, ctypes.c_void_p if mark in TYPES else ctypes.c_double if mark == FLOAT else ctypes.c_int64)
            for name, mark in marks.items()
        ]
        self.structure: type[ctypes.Structure] = type(name, (ctypes.Structure,), {"_fields_": kinds})

    def filled(self, values: Mapping[str, Value]) -> ctypes.Structure:
        """Return the struct with a value for each field; whoever calls keeps the arrays until it has been read.

        Raises ValueError naming an array of another type or with gaps, or fields that are missing or too many.
        """
        if values.keys() != self._types.keys():
            raise ValueError(f"{self.name}: {sorted(values.keys() ^ self._types.keys())}")
        return self.structure(*[_field(name, kind, values[name]) for name, kind in self._types.items()])

    def many(self, filled: list[ctypes.Structure]) -> Structs:
        """Return the structs one after the other, as the library reads several."""
        return (self.structure * len(filled))(*filled)


def _field(name: str, kind: np.dtype[Any] | None, value: Value) -> int | float:
    if isinstance(value, np.ndarray):
        if kind is None or value.dtype != kind or not value.flags.c_contiguous:
            raise ValueError(f"{name}: {value.dtype} array, or with gaps")
        return address_of(value)
    if isinstance(value, ctypes.Array):
        return ctypes.addressof(value)
    return value if isinstance(value, float) else int(value)


def address_of(array: NDArray[Any]) -> int:
    """Return where in memory an array without gaps lies."""
    if array.flags.writeable:
        return ctypes.addressof(_NO_BYTES.from_buffer(array.data))  # a seventh of what `ctypes.data` takes
    return array.ctypes.data


def addresses_of(arrays: Sequence[NDArray[Any]]) -> Structs:
    """Return where arrays lie, one after the other, as the library reads several."""
    return (ctypes.c_void_p * len(arrays))(*map(address_of, arrays))


def library(beside: str = __file__) -> Library | None:
    """Return the library beside a file, this one; None where there is none."""
    try:
        found = np.ctypeslib.load_library(NAME, beside)
        found.source.restype = ctypes.c_char_p
    except (OSError, AttributeError):
        return None
    return found


def function(found: Library | None, name: str, *layouts: Layout) -> Call | None:
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
