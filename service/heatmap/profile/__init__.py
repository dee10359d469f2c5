"""What stands now, by side and leverage, and sums over exchanges."""
