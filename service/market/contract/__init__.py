"""What any source of market data offers: the protocol, its data and its errors."""
