"""What all requests share, on fake exchanges and without HTTP."""

from time import monotonic

from service.analysis.concurrency.admission import Admission
from service.analysis.concurrency.bulkheads import Bulkheads
from service.analysis.concurrency.parallel import Patience
from service.analysis.concurrency.seats import Seats
from service.analysis.services import Services
from service.cache import TimedCache
from service.heatmap.skill import Fit
from service.market.feed import MarketFeed
from tests.support.fake_exchange import Clock, FakeExchange


def services_of(*exchanges: FakeExchange, clock: Clock | None = None) -> Services:
    """Return the services of an application on these exchanges."""
    clock = clock or Clock()
    served = {each.id: each for each in exchanges}
    fits: TimedCache[Fit] = TimedCache(8, 3600.0, clock)
    feed, threads = MarketFeed(served, clock), Bulkheads(served, 2, 100)
    return Services(feed, clock, threads, Patience(10.0, Seats(8, monotonic)), fits, Admission(20.0))
