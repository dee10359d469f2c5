"""Equal values have equal digests, whichever objects they are; others have others."""

from dataclasses import dataclass, field, replace

import numpy as np

from service.analysis.digest import digest_of
from service.heatmap import parse_mix
from tests.support.requests import ASSUMED, market_request


@dataclass(frozen=True, eq=False)
class Part:
    """Something with an array, and something that is not compared."""

    values: np.ndarray
    seen: int = field(default=0, compare=False)


def test_identity_does_not_count() -> None:
    """Two requests that ask the same, each with a mix of its own, have one digest."""
    other = market_request(assumptions=replace(ASSUMED, mix=parse_mix("default")))
    assert digest_of(other) == digest_of(market_request())


def test_what_is_deep_inside_counts() -> None:
    """A part of a part, an item of a tuple and an element of an array."""
    values = np.arange(3.0)
    digests = [
        digest_of(market_request()),
        digest_of(market_request(timeframe="4h")),
        digest_of(market_request(assumptions=replace(ASSUMED, churn=3.0))),
        digest_of(market_request(assumptions=replace(ASSUMED, mix=parse_mix("degen")))),
        digest_of(Part(values)),
        digest_of(Part(values + 1)),
        digest_of(Part(values.astype(np.float32))),
        digest_of(Part(values[:, None])),
        digest_of((Part(values), 1)),
        digest_of((Part(values),), 1),
        digest_of(None),
        digest_of(),
    ]
    assert len(set(digests)) == len(digests)


def test_what_is_not_compared_does_not_count() -> None:
    """A moment of reading is no part of what was read."""
    assert digest_of(Part(np.arange(3.0), 1)) == digest_of(Part(np.arange(3.0), 2))
