"""The shapes of answers, as marshmallow schemas, each beside what renders a result in it.

described           a field that needs no more than a description
figures             figures with intervals, and what fitting the mix came to
ended               hot zones that are gone, and why
envelope            what every answer says of its inputs
envelope_body       an envelope as JSON
context             how crowded the market is
expected            reported liquidations to expect of an amount
fragility           how fragile each side of a market is
uncertainty         quantiles over the ensemble
zone                a zone and a level
heatmap             of /v1/heatmap
heatmap_format      of /v1/heatmap.rows and .lwc
profile             of /v1/profile
zones               of /v1/zones
touches             of /v1/touches
scan                of /v1/scan
diff                of /v1/diff
cascade             of /v1/cascade
liquidation_price   of /v1/liquidation-price
liquidation_prices  of POST /v1/liquidation-price
series              times and amounts by bar
open_interest       of /v1/open-interest
liquidations        of /v1/liquidations
skill               of /v1/skill
zone_probe          of /probe, in Prometheus' text format
exchanges           of /v1/exchanges
markets             of /v1/markets
"""
