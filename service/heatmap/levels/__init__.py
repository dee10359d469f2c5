"""Price levels that traders watch: pivots, volume, walls."""
