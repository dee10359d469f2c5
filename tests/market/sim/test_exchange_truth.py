import numpy as np
import pytest

from service.market.sim import SimulatedExchange, sim, sim2
from service.market.sim.exchange import TruePositions
from service.market.sim.venues import COINS

DAY = 86_400_000
HOUR = 3_600_000
TODAY = 1_795_305_600_000  # 2026-11-22
START = TODAY - 30 * DAY
SYMBOLS = [coin.symbol for coin in COINS]
MOMENTS = [START + hours * HOUR + minutes * 60_000 for hours, minutes in ((0, 0), (5, 5), (24, 0), (61, 35), (250, 10))]


@pytest.fixture(scope="module", params=[sim, sim2], ids=["sim", "sim2"])
def venue(request: pytest.FixtureRequest) -> SimulatedExchange:
    """Each simulated exchange in turn, kept warm."""
    opened: SimulatedExchange = request.param(clock=lambda: TODAY / 1000)
    return opened


@pytest.fixture(params=SYMBOLS)
def symbol(request: pytest.FixtureRequest) -> str:
    """Each symbol in turn."""
    chosen: str = request.param
    return chosen


def side_sums(positions: TruePositions) -> tuple[float, float]:
    """Return base coin standing long and short."""
    return positions.size[positions.side > 0].sum(), positions.size[positions.side < 0].sum()


@pytest.mark.parametrize("at", MOMENTS)
def test_open_interest_is_what_stands_on_either_side(venue: SimulatedExchange, symbol: str, at: int) -> None:
    """The published figure is the sum of true longs, and of true shorts, at that time."""
    long, short = side_sums(venue.true_positions(symbol, at))
    published = venue.open_interest(symbol, "5m", at, at + 1)
    assert published.time.tolist() == [at]
    assert published.amount[0] > 0
    assert long == pytest.approx(short, rel=1e-12)
    assert long == pytest.approx(published.amount[0], rel=1e-12)


@pytest.mark.parametrize("minute", [0, 1, 2, 3, 4, 5, 719, 1439])
def test_sides_are_level_in_every_minute(venue: SimulatedExchange, symbol: str, minute: int) -> None:
    """Long equals short inside bars too."""
    long, short = side_sums(venue.true_positions(symbol, START + 3 * DAY + minute * 60_000))
    assert long == pytest.approx(short, rel=1e-12)


@pytest.mark.parametrize("at", MOMENTS)
def test_nothing_stands_beyond_its_liquidation_price(venue: SimulatedExchange, symbol: str, at: int) -> None:
    """The mark price at that time is above every long's liquidation price and below every short's."""
    positions = venue.true_positions(symbol, at)
    mark = venue.mark_ohlcv(symbol, "5m", at - 300_000, at).close[0]
    assert (positions.liquidation_price[positions.side > 0] < mark).all()
    assert (positions.liquidation_price[positions.side < 0] > mark).all()


def test_positions_are_what_they_say(venue: SimulatedExchange, symbol: str) -> None:
    """Liquidation prices follow from entry, leverage and the first tier; entries are prices of the last ten days."""
    at = START + 100 * HOUR
    positions = venue.true_positions(symbol, at)
    rate = venue.tiers(symbol).maintenance_rate[0]
    side, entry = positions.side.astype(float), positions.entry
    assert np.allclose(
        positions.liquidation_price, entry * (1 - side / positions.leverage) / (1 - side * rate), rtol=1e-12
    )
    bars = venue.mark_ohlcv(symbol, "1d", at - 11 * DAY, at + DAY)
    assert entry.min() >= bars.low.min()
    assert entry.max() <= bars.high.max()
    assert positions.leverage.min() >= 1
    assert positions.leverage.max() <= venue.markets()[symbol].max_leverage
    assert positions.size.min() > 0
    assert len(positions.size) > 50


def test_survivors_were_not_crossed_and_the_crossed_are_recorded(venue: SimulatedExchange, symbol: str) -> None:
    """Hour by hour the crossed are gone, and the record of liquidations holds most of them (some left just before)."""
    crossed_total = recorded_total = 0.0
    for hour in range(24):
        at = START + 5 * DAY + hour * HOUR
        before, after = venue.true_positions(symbol, at), venue.true_positions(symbol, at + HOUR)
        mark = venue.mark_ohlcv(symbol, "5m", at, at + HOUR)
        low, high = mark.low.min(), mark.high.max()
        gone = np.where(before.side > 0, before.liquidation_price >= low, before.liquidation_price <= high)
        kept = set(zip(after.entry.tolist(), after.liquidation_price.tolist(), strict=True))
        crossed = zip(before.entry[gone].tolist(), before.liquidation_price[gone].tolist(), strict=True)
        assert not kept & set(crossed)
        record = venue.true_liquidations(symbol, "5m", at, at + HOUR)
        crossed_total += float(before.size[gone].sum())
        recorded_total += float((record.long + record.short).sum())
        volume = venue.ohlcv(symbol, "5m", at, at + HOUR).volume
        assert (np.maximum(record.long, record.short) <= volume + 1e-6).all()
    assert crossed_total > 0
    assert recorded_total > 0.7 * crossed_total


def test_liquidations_follow_the_price(venue: SimulatedExchange) -> None:
    """Over a month longs are liquidated in falling hours and shorts in rising ones, the more the farther it goes."""
    bars = venue.ohlcv(SYMBOLS[0], "1h", START, TODAY)
    record = venue.true_liquidations(SYMBOLS[0], "1h", START, TODAY)
    move = np.log(bars.close / bars.open)
    largest = np.argsort(np.abs(move))[-20:]
    assert ((record.long > record.short) == (move < 0))[largest].mean() > 0.9
    assert np.corrcoef(record.long - record.short, -move)[0, 1] > 0.5
