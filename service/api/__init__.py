"""The HTTP edge.

resources  one module a path: parse, analyse, encode
schemas    the shapes of answers
formats    maps as other programs read them
pictures   maps and zones as PNG
query      the parameters of queries
edge       kept answers, problems, CORS, the contract
"""
