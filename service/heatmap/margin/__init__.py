"""Liquidation prices: tiers, rules and the equation."""
