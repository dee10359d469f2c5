"""A market's data on one exchange or on several, as a request asks for it, and what an answer says of its inputs.

calibrated       whose calibration its amounts are told by
envelope         what an answer says of its inputs
estimate         one market's data with the assumptions it is read under
group            the estimates of several exchanges as one
loading          from a request to a market's data on every exchange that it names
many_symbols     many symbols, loaded side by side
merged_envelope  the envelopes of several exchanges as one
price_agreement  exchanges that trade the same thing, by their prices
realised         realised liquidations beside bars, and the mix fitted to them
silence          bars of which nobody reports liquidations
"""
