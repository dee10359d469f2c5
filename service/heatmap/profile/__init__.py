"""What stands now, by side and leverage, and sums over exchanges.

aggregate    maps of several exchanges, summed
by_leverage  which leverage the standing positions carry
profile      the last column, split by leverage and cumulated away from the price
"""

from service.heatmap.profile.aggregate import columns_of_all, columns_of_any, laid_out, summed, summed_profiles
from service.heatmap.profile.profile import Profile, SideProfile, profile_of

__all__ = [
    "Profile",
    "SideProfile",
    "columns_of_all",
    "columns_of_any",
    "laid_out",
    "profile_of",
    "summed",
    "summed_profiles",
]
