"""One request's work between HTTP and the model: typed requests in, typed results out; no Flask, no marshmallow.

requests         what is asked for
cost             what an answer would take, estimated
admission        what is let in to be computed
limits           how much may be asked for
seats            how many requests wait for exchanges at once
services         what all requests share
bulkheads        threads and a queue for each exchange
parallel         loads side by side, none held back by another
loading          from a request to a market's data on every exchange that it names
many_symbols     many symbols, loaded side by side
estimate         one market's data with the assumptions it is read under
group            the estimates of several exchanges as one
lifts            what full bands and hot zones have liquidated
columns          series of several exchanges on one axis of bars
realised         realised liquidations beside bars, and the mix fitted to them
silence          bars of which nobody reports liquidations
axes             the price axis of a request
price_agreement  exchanges that trade the same thing, by their prices
group_map        maps, newest columns and profiles of a group
group_heat       the heat of a group's map
newest_heat      the heat of its newest column, and max pain
zone_column      what zones are read from
zone_reading     zones of a group
fragility        how fragile a market and its hot zones are
context          how crowded the market is
envelope         what an answer says of its inputs
merged_envelope  the same of several exchanges
calibrated       whose calibration its amounts are told by
prepared         an answer whose inputs are loaded, and how long it stands
position         one position and its terms
results          one module for each answer
encoding         a grid as rows to write
digest           a digest of inputs
"""
