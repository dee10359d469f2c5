"""The maps of a group of exchanges: its axis, its amounts, its heat, and the grid as it is written.

axes             the price axis of a request
columns          series of several exchanges on one axis of bars
encoding         a grid as rows to write
group_heat       the heat of a group's map
group_map        maps, newest columns and profiles of a group
lifts            what full bands and hot zones have liquidated
newest_heat      the heat of its newest column, and max pain
"""
