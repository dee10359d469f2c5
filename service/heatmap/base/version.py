"""The version of the model: it changes whenever the same inputs would give other maps, zones, profiles or prices."""

MODEL_VERSION = "2.3.0"
# A digest of what this version makes of the tables in tests/data: a change of the model that keeps the version fails a
# test, and `python -m tests.support.canonical_maps` records a new version's. It is part of every ETag.
MODEL_DIGEST = "815b544703c7775c"
