"""The model. Pure numpy: no Flask, no ccxt, no clock, no I/O, and nothing of ours from outside this package.

Where things are, in the order in which a map is made and read (docs/model.md says what they compute):

the map        bars, assumptions, leverage, distance, flows, path, deposits, standing, inventory, axis
in detail      profile, leverage_split, predict, foretold, ensemble, confidence, aggregate, fitting, typical_venue,
               version
margin         margin, margin_rules, margin_equation, margin_tiers, margin_distance
zones          zones, zone, spans, half, smoothing, timeframes, and zone_age, _depth, _id, _rules, _scale, _score, _view
levels         levels, level, pivots, volume_profile, walls, periods, stops, approach, volatility, context
touches        touches, touch_events, touch_outcomes, touch_summary, placebo
two maps       diff, alignment, agreement, consensus, rebin
a shock        cascade, cascade_path, cascade_odds, book_depth
skill          skill, skill_input, skill_score, skill_verdict, side_skill, path_baselines, out_of_sample, ranking,
               day_bootstrap
"""
