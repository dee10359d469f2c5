"""One module for each answer that has to be computed: its request, what it is made of, and its result.

heatmap             standing notional by liquidation price over time
profile             what stands now, by side and leverage
zones               hot and cold zones, ranked
touches             how price reacted at past zones
scan                many symbols at once
diff, diff_request  where two maps disagree, and which two are compared
cascade             what a shock would set off
liquidation_price   one position
skill               how well a map has predicted liquidations
"""
