"""Where the model's inputs come from.

adapter   from ccxt to the contract
contract  what any source of market data offers: the protocol, its data, its errors
feed      one market at one moment: cached, validated, aligned
sim       the simulated exchanges
venues    one module per exchange, and the registry of all

contract stands alone; feed, adapter and sim know it and not each other; venues are made of adapter.
"""
