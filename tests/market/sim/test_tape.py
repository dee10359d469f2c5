import numpy as np

from service.market.sim.day import DayByDay, empty_market
from service.market.sim.path import MINUTES
from service.market.sim.positions import DayResult
from service.market.sim.tape import BARS, bars_of, carry_forward, count_flows, traded_minutes
from service.market.sim.venues import COINS, SIM

DAY = 20_000


def second_day() -> DayResult:
    """Return a day on which some stood before and some arrive."""
    days = DayByDay(SIM, COINS[3], seed=1)
    state, _ = days.advance(empty_market(), DAY - 1)
    return days.advance(state, DAY)[1].result


def test_flows_are_what_each_position_did() -> None:
    """A plain walk over positions and bars counts the same openings, closings, liquidations and standing lots."""
    result = second_day()
    flows = count_flows(result, DAY)
    names = ("opened", "closed", "liquidated", "standing")
    sums = {(name, side): np.zeros(BARS) for name in names for side in (0, 1)}
    p = result.positions
    for n in range(len(p.size)):
        side, entered, ended = int(p.side[n] < 0), p.entered[n] - DAY * MINUTES, result.ended[n] - DAY * MINUTES
        for bar in range(BARS):
            start, stop = 5 * bar, 5 * bar + 5
            sums["opened", side][bar] += p.size[n] * (start < entered <= stop)
            sums["closed", side][bar] += p.size[n] * (start < ended <= stop)
            sums["liquidated", side][bar] += p.size[n] * (start < ended <= stop and result.liquidated[n])
            sums["standing", side][bar] += p.size[n] * (entered <= stop < ended)
    for side in (0, 1):
        assert np.array_equal(flows.opened, sums["opened", side])
        assert np.array_equal(flows.closed[side], sums["closed", side])
        assert np.array_equal(flows.liquidated[side], sums["liquidated", side])
        assert np.array_equal(flows.standing[side], sums["standing", side])
    assert np.array_equal(flows.open_interest, np.maximum(sums["standing", 0], sums["standing", 1]))


def test_bars_open_at_the_last_close_only_where_trade_is_continuous() -> None:
    """Worked figures: minutes 0..1440 counted up, a bar of five of them either way."""
    ticks = np.arange(MINUTES + 1)
    opens, highs, lows, closes = (column[:2].tolist() for column in bars_of(ticks, continuous=True))
    assert (opens, highs, lows, closes) == ([0, 5], [5, 10], [0, 5], [5, 10])
    opens, highs, lows, closes = (column[:2].tolist() for column in bars_of(ticks, continuous=False))
    assert (opens, highs, lows, closes) == ([1, 6], [5, 10], [1, 6], [5, 10])


def test_a_quiet_minute_shows_the_last_trade() -> None:
    """Prices carry forward from the last minute that traded, or from the day's start."""
    ticks = np.array([7, 1, 2, 3, 4])
    assert carry_forward(ticks, np.array([False, False, True, False, True])).tolist() == [7, 7, 2, 2, 4]


def test_every_opening_and_ending_is_a_trade() -> None:
    """Minutes in which a position begins or ends count as traded, and so does the last one."""
    result = second_day()
    traded = traded_minutes(result, DAY, np.zeros(MINUTES + 1, bool))
    for minute in (result.positions.entered - DAY * MINUTES, result.ended - DAY * MINUTES):
        assert traded[minute[(minute >= 1) & (minute <= MINUTES)]].all()
    assert traded[-1]
    assert not traded.all()
