"""One module for each path: parse, analyse, encode.

heatmap            /v1/heatmap
heatmap_formats    the same as csv, rows, lwc, npz and arrow
profile            /v1/profile
zones              /v1/zones
touches            /v1/touches
scan               /v1/scan
diff               /v1/diff
cascade            /v1/cascade
liquidation_price  /v1/liquidation-price
open_interest      /v1/open-interest
liquidations       /v1/liquidations
skill              /v1/skill
pictures           /v1/heatmap.png and /v1/zones.png
zone_probe         /probe
exchanges          /v1/exchanges
markets            /v1/markets
probes             /livez and /readyz
docs               /docs, /openapi.yaml and /openapi.json
problem_pages      /problems and what is under it
viewer             /
"""
