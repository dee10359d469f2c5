"""An estimate of the fake exchange's market, as the feed gives it."""

from service.analysis.markets.estimate import Estimate
from service.heatmap import Assumptions, VenueTerms
from service.market.feed import FeedQuery, MarketFeed
from tests.support.fake_exchange import Clock, FakeExchange


def estimate_of(as_of: int | None = None, fake: FakeExchange | None = None) -> Estimate:
    """Return two days of hours as of a moment, epoch ms, or now."""
    fake = fake or FakeExchange()
    data = MarketFeed({fake.id: fake}, Clock()).load(FeedQuery(fake.id, "BTC", "1h", 48, as_of))
    return Estimate(data, Assumptions(), VenueTerms(data.rule, data.tiers), 48, 48)
