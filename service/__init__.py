"""Liquidation Heatmap: where leveraged crypto positions will be force-closed, estimated from public data."""

__version__ = "0.1.0"
