"""One request's work between HTTP and the model: typed requests in, typed results out; no Flask, no marshmallow.

requests, limits           what is asked for, and how much may be
services                   what all requests share
bulkheads, parallel        loads side by side, none held back by another
loading, estimate, group   from a request to a market's data on every exchange that it names
realised                   realised liquidations beside bars, and the mix fitted to them
axes                       the price axis of a request
group_map, zone_reading    maps, profiles and zones of a group
context                    how crowded the market is
envelope, merged_envelope  what an answer says of its inputs
prepared                   an answer whose inputs are loaded, and how long it stands
results                    one module for each answer
encoding                   a grid as rows to write
digest                     a digest of inputs
"""
