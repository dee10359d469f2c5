"""Bars, open interest and mark prices on one axis, in one unit.

align         what came on its own times, made into one set of arrays
aligned_once  the same, kept while the rows are the same
one_unit      bars from before a change of contract size or denomination
outages       open interest that stands still while the market goes on
per_coin      contracts of a thousand coins, said of one coin
"""
