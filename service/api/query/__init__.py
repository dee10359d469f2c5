"""The parameters of queries."""
