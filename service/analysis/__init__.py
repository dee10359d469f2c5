"""One request's work between HTTP and the model: typed requests in, typed results out; no Flask, no marshmallow.

requests         what is asked for
limits           how much may be asked for
services         what all requests share
concurrency      how much goes on at once, and what is turned away
markets          a market's data on one exchange or several, loaded, and what an answer says of them
maps             the maps of a group: axis, amounts, heat
zones            the zones of a group, and the market around them
prepared         an answer whose inputs are loaded, and how long it stands
position         one position and its terms
results          one module for each answer
digest           a digest of inputs
"""
