"""From ccxt to the contract: calls, pages, checks, errors."""
