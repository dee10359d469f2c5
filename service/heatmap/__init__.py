"""The model. Pure numpy: no Flask, no ccxt, no clock, no I/O, and nothing of ours from outside this package.

Where things are, in the order in which a map is made and read (docs/model.md says what they compute):

base        bars, the price axis, errors of bad input, the version
stats       statistics that know nothing of markets
margin      liquidation prices: tiers, rules, the equation
inventory   the standing positions, bar by bar
density     how dense a map is along the price
profile     what stands now; sums over exchanges
levels      prices that traders watch
zones       hot and cold zones
touches     what price did at past zones
compare     two maps held against each other
cascade     what a shock sets off
skill       how well a map predicts liquidations
"""
