"""Random streams belong to their key alone."""

import numpy as np
import pytest

from service.market.sim.streams import stream

FIRST_DRAWS = (0.38820732856755436, 0.8784187464184953)


def test_a_stream_begins_anew_each_time() -> None:
    """Whatever was drawn before, from it or from another."""
    first = stream(7, "sim", "BTC", 5).random(100)
    stream(7, "sim", "ETH", 5).random(13)
    np.testing.assert_array_equal(stream(7, "sim", "BTC", 5).random(100), first)


@pytest.mark.parametrize("key", [(8, "sim", "BTC", 5), (7, "sim2", "BTC", 5), (7, "sim", "BTC", 6), (7, "simBTC", 5)])
def test_another_key_is_another_stream(key: tuple[int, str]) -> None:
    """Seed, venue, coin and day each count, and are not run together."""
    draws = stream(7, "sim", "BTC", 5).standard_normal(2000)
    other = stream(*key).standard_normal(2000)
    assert abs(np.corrcoef(draws, other)[0, 1]) < 0.1


def test_streams_stay_as_they_are() -> None:
    """The first draws of one stream: the simulated past must not change with a library."""
    np.testing.assert_allclose(stream(1, "sim", 0).random(2), FIRST_DRAWS, rtol=0, atol=1e-15)
