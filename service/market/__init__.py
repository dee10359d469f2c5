"""Where the model's inputs come from.

contract  what any source of market data offers: the protocol, its data, its errors
feed      one market at one moment: cached, validated, aligned
adapter   from ccxt to the contract
venues    one module an exchange, and the registry of all
sim       the simulated exchanges
"""
