"""What a shock would set off."""
