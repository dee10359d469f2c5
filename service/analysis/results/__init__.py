"""One module for each answer: its request, what it is made of, and its result.

heatmap            standing notional by liquidation price over time
profile            what stands now, by side and leverage
zones              hot and cold zones, ranked
touches            how price reacted at past zones
scan               many symbols at once
max_pain           where each side of many symbols hurts most
diff               where two maps disagree
diff_request       which two maps are compared
cascade            what a shock would set off
liquidation_price  one position
open_interest      what is open, by bar
liquidations       what has been liquidated, by bar
skill              how well a map has predicted liquidations
picture            what a picture of a map shows
zone_probe         the next hot zone on each side
exchanges          what is served
markets            the markets of one exchange
"""
