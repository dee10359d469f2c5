"""What is fetched, and how long it is kept.

fetcher      one call for all callers, its answer kept while it is fresh
freshness    how old each kind of data may be
gap_refetch  bars that are missing are asked for again, each time later
history      time series that are kept, and what of them is fetched again
kept_data    a fetcher for each kind of data
named_calls  an exchange whose calls say what they ask for
risk_tiers   the risk tiers of every market, and what stands in for them
"""
