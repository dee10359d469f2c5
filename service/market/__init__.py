"""Where the model's inputs come from.

adapter   from ccxt to the contract
brackets  risk tiers that no public API gives
contract  what any source of market data offers: the protocol, its data, its errors
feed      one market at one moment: cached, validated, aligned
fleet     what replicas share through a cache of their own
sim       the simulated exchanges
venues    one module per exchange, and the registry of all

contract stands alone; brackets, feed, fleet, adapter and sim know it; feed and venues know brackets too; venues are
made of adapter.
"""
