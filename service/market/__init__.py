"""Where the model's inputs come from: exchanges, validation, cache.

exchanges   exchange (the protocol and the errors), registry, and one file each: binance, bybit, okx, gate, kucoin, ...
over ccxt   ccxt_source, ccxt_venue, ccxt_client, transport, base_url, paging, listing, failures, validation, ladders,
            risk_table, longer_bars, liquidation_orders
simulated   simulated, and what it is made of: sim_venues, _agents, _positions, _path, _day, _tape, ...
in hand     feed (loads a market), series, history, cache, align, recency, health, symbols, data
tables      table, liquidation_columns (CSV files for the console)
"""
