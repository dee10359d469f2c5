"""Every venue lists as many markets as it is given, and nothing of them stays."""

from tests.emulator import Emulator, synthetic_truth
from tests.emulator.hours import COINS
from tests.emulator.listings import long_listings
from tests.emulator.venues import VENUES

NOW = 1_760_000_000_000
MARKETS = 40


def test_a_long_listing_is_served_and_forgotten() -> None:
    """By all venues; the coins that were there have their own prices still."""
    usual = synthetic_truth(NOW, hours=48)
    with long_listings(usual, MARKETS) as truth, Emulator(truth, NOW) as emulator:
        assert len(truth.bases) == MARKETS
        assert set(emulator.venues) == set(VENUES)
        assert {len(venue.truth.bases) for venue in emulator.venues.values()} == {MARKETS}
        assert truth.price("BTC", NOW) == usual.price("BTC", NOW)
        assert truth.price("ALT0", NOW) == usual.price("SOL", NOW)
    assert len(usual.bases) == 3
    assert "ALT0" not in COINS
