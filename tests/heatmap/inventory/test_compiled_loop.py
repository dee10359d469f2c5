from service.heatmap.base.compiled import LIBRARY, Layout
from service.heatmap.inventory import compiled_loop, kernel
from service.heatmap.inventory.bar_loop import numpy_loop


def test_the_kernel_uses_it() -> None:
    """Where it is built, nothing slower runs."""
    assert kernel.FASTEST is not numpy_loop


def test_without_it_there_is_none() -> None:
    """The kernel falls back on numpy then."""
    assert compiled_loop.loop_of(None) is None
    assert compiled_loop.loop_of(LIBRARY) is not None
    assert Layout("side").structure is not compiled_loop.SIDE.structure
