"""The parameters of queries, as schemas that load requests.

strict             what every query has in common
assembly           a request out of parsed values
lookback           how far back a map goes
moment             RFC 3339 or epoch milliseconds
listed             lists, joined with commas or repeated
leverage_mix       a preset, or leverages with weights
parameters         what queries about a market share
axis_query         the price axis
heatmap            of /v1/heatmap
heatmap_format     of /v1/heatmap.csv and its like
profile            of /v1/profile
zones              of /v1/zones
touches            of /v1/touches
scan               of /v1/scan
diff               of /v1/diff
cascade            of /v1/cascade
liquidation_price  of /v1/liquidation-price
json_body          what a body holds, or why it cannot be read
positions          the body of POST /v1/liquidation-price
series             of what is published by bar
open_interest      of /v1/open-interest
liquidations       of /v1/liquidations
skill              of /v1/skill
picture            of /v1/heatmap.png and /v1/zones.png
zone_probe         of /probe
exchanges          of /v1/exchanges
markets            of /v1/markets
"""
