"""Risk tiers that no public API gives: Binance's leverage brackets of one day, and what is assumed elsewhere.

table   the brackets of a symbol, its twin's, or a ladder that is typical
"""

from service.market.brackets.table import DATED, Brackets, assumed_tiers, read_brackets, tiers_from_table

__all__ = ["DATED", "Brackets", "assumed_tiers", "read_brackets", "tiers_from_table"]
