"""Our maps in the shapes of CoinGlass API v4, for programs that were written for it: docs/coinglass.md.

query   exchanges as CoinGlass spells them, its ranges, and the requests that these stand for
shapes  its envelope, heatmap, map and max pain, as schemas and as results rendered
errors  problems as its envelope
routes  the paths under /coinglass
"""
