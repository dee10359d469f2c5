"""Places: some threads are always left."""

import pytest

from service.api.edge.refusals.places import Places


@pytest.mark.parametrize(("threads", "most", "renewing"), [(32, 28, 30), (8, 6, 7), (4, 2, 3), (1, 1, 2)])
def test_how_many_there_are(threads: int, most: int, renewing: int) -> None:
    """An eighth of the threads is left, two at least; half of these may renew what is kept."""
    places = Places(threads)
    assert [places.take() for _ in range(most + 1)] == [True] * most + [False]
    assert [places.take(renewing=True) for _ in range(renewing - most + 1)] == [True] * (renewing - most) + [False]
    for _ in range(renewing):
        places.leave()
    assert [places.take() for _ in range(most + 1)] == [True] * most + [False]
