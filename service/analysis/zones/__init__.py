"""The zones of a group's map, and what is told of the market around them.

context          how crowded the market is
fragility        how fragile a market and its hot zones are
zone_column      what zones are read from
zone_reading     zones of a group
"""
