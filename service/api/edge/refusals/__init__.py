"""What is refused before anything is looked at: who may ask, how often, and how many at once.

gate           what is refused before all else
request_shape  what no well-made client sends
callers        who may ask, and how often
rate_limit     requests a minute, of all processes together
places         how many requests are worked on at once

Others say no later, in service/analysis/concurrency, by what a request takes and not by who asks or how many there are;
docs/turned-away.md tells all of them apart.
"""
