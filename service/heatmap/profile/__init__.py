"""What stands now, by side and leverage, and sums over exchanges.

aggregate      maps of several exchanges, summed
by_leverage    which leverage the standing positions carry
entered_mass   what bars entered between prices, by distance to liquidation
newest_column  the last column by side, cumulated away from the price
profile        the same, split by leverage
"""

from service.heatmap.profile.aggregate import (
    columns_of_all,
    columns_of_any,
    laid_out,
    on_columns,
    summed,
    summed_columns,
    summed_profiles,
)
from service.heatmap.profile.newest_column import NewestColumn, SideColumn, newest_column_of, standing_ahead
from service.heatmap.profile.profile import Profile, SideProfile, average_leverage, profile_of

__all__ = [
    "NewestColumn",
    "Profile",
    "SideColumn",
    "SideProfile",
    "average_leverage",
    "columns_of_all",
    "columns_of_any",
    "laid_out",
    "newest_column_of",
    "on_columns",
    "profile_of",
    "standing_ahead",
    "summed",
    "summed_columns",
    "summed_profiles",
]
