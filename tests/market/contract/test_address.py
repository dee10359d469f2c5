"""An address: who shares it with nobody has all of it, and the group of the cache is a ledger of it."""

import inspect

from service.market.contract import Ledger, Sharing
from service.market.fleet import EgressGroup


def test_alone_all_is_ones_own() -> None:
    """Without a word of others a process may take the whole allowance, and asks nobody."""
    assert Sharing() == Sharing(ledger=None, part=1.0)


def test_the_group_is_a_ledger() -> None:
    """Its methods take what the protocol says; mypy holds the types by the assignment."""
    ledger: type[Ledger] = EgressGroup
    for name in ("spend", "refused", "ended"):
        own, said = (inspect.signature(getattr(kind, name)).parameters for kind in (ledger, Ledger))
        assert list(own) == list(said)
