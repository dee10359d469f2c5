"""The simulated exchanges, with a hidden truth to measure against.

agents     who opens what, when, and how long they mean to stay
book       the order book
day        one day, from what the last one left to the next
exchange   the exchanges `sim` and `sim2`
history    any day on its own, and what is kept of the days
path       the fair price
positions  positions that stand until they are closed or liquidated
streams    random numbers, a stream for each purpose
tape       what a day publishes: bars, open interest, liquidations
venues     the coins, and what tells the two exchanges apart
"""

from service.market.sim.exchange import SIMULATED, SimulatedExchange, sim, sim2

__all__ = ["SIMULATED", "SimulatedExchange", "sim", "sim2"]
