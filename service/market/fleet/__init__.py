"""What replicas share, where they are given a cache: what one of them fetched, the others need not fetch.

It may be lost at any moment: then each replica fetches for itself, as it does without one.

blocks           series cut by the clock into pieces that never change once they are past
egress_group     what replicas behind one address have taken of each limit, and who refused them
entry            a value or a failure under a key, sealed: what does not match its seal is not there
lease            one fetch for all replicas
listings         all that an exchange lists, as its client needs it
shared_exchange  an exchange whose answers are looked for in the cache first
store            the cache as seen from here: it answers at once or counts as empty
values           what an exchange answered as bytes, and back
"""

from service.market.fleet.egress_group import EgressGroup
from service.market.fleet.lease import Fleet
from service.market.fleet.listings import SharedListings
from service.market.fleet.shared_exchange import SharedExchange
from service.market.fleet.store import Store, ValkeyStore, checked_cache_url

__all__ = ["EgressGroup", "Fleet", "SharedExchange", "SharedListings", "Store", "ValkeyStore", "checked_cache_url"]
