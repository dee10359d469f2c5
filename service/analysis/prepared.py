"""Prepared: an answer whose inputs are loaded and checked, and which is computed only if the caller has not got it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from service.analysis.markets.estimate import Estimate
from service.analysis.markets.group import Group
from service.market.contract import ExchangeUnavailable, Late
from service.market.feed import BOOK_SECONDS

T = TypeVar("T")
# A map of the past never changes; a day is as long as anyone need keep it.
PAST_SECONDS = 86_400.0
# How long an answer stands while newer data for it are being fetched.
MOMENT_SECONDS = 1.0
# What is published of the present alone, and so is no lack of a map of the past.
PRESENT_ONLY = {"order_book", "funding", "account_ratio"}


@dataclass(frozen=True, eq=False)
class Prepared(Generic[T]):
    """What stands ready to be computed.

    fingerprint  changes whenever an input changes
    seconds      for how long the answer stands without a look at its inputs
    compute      computes the result; raises BadInput where the inputs turn out too few
    """

    fingerprint: tuple[object, ...]
    seconds: float
    compute: Callable[[], T]


def freshness(as_of: int | None, *groups: Group) -> float:
    """Return for how many seconds an answer stands without a look at its inputs.

    Only a map of the past that lacks nothing stands for long. A bar that was not out yet, or a mark price that the
    exchange failed to give, may be there the next time; what an exchange does not offer will not. What is stale or late
    is being fetched, and stands for a moment.
    """
    members = [member for group in groups for member in group.members.values()]
    errors = [error for group in groups for error in group.errors.values()]
    if any(member.data.stale for member in members) or any(isinstance(error, Late) for error in errors):
        return MOMENT_SECONDS
    if as_of is None or any(isinstance(error, ExchangeUnavailable) for error in errors):
        return BOOK_SECONDS
    return PAST_SECONDS if all(_whole(member, as_of) for member in members) else BOOK_SECONDS


def _whole(member: Estimate, as_of: int) -> bool:
    data = member.data
    newest = as_of // data.bars.step * data.bars.step
    complete = bool(np.isfinite(data.bars.open_interest[-1])) and data.coverage.mark_price_share in {0.0, 1.0}
    return complete and data.as_of == newest and data.missing.keys() <= PRESENT_ONLY
