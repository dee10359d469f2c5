"""The HTTP edge: one resource a file, its schema beside it.

resources  heatmap, profile, zones, touches, scan, diff, cascade, liquidation_price, skill, exchanges, markets,
           probes, docs
query      parameters, axis_query, then estimate (one market) and group (several exchanges), side_by_side, realised
answer     envelope, encoding, uncertainty, figures, context, zone_schema, skill_schema, digest, answers (kept bytes,
           ETag), problems (errors)
contract   openapi
"""
