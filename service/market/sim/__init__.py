"""The simulated exchanges, with a hidden truth to measure against.

agents     which positions are opened, when, and how long their owners plan to hold them
book       the order book
day        one day: from the state before it to the state after it
exchange   the exchanges `sim` and `sim2`
history    any day by itself, and a cache of days
path       the fair price
positions  open positions, until they are closed or liquidated
streams    random numbers, a stream for each purpose
tape       the public data of a day: bars, open interest, liquidations
venues     the coins, and how the two exchanges differ
"""

from service.market.sim.exchange import SIMULATED, SimulatedExchange, sim, sim2

__all__ = ["SIMULATED", "SimulatedExchange", "sim", "sim2"]
