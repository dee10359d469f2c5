"""The HTTP edge.

resources  one module a path: parse, analyse, encode
schemas    the shapes of answers
formats    maps as other programs read them
pictures   maps and zones as PNG
query      the parameters of queries
coinglass  the same in the shapes of CoinGlass API v4
edge       what all paths share: kept answers, refusals, errors, headers, the contract
"""
