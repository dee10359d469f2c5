"""Statistics that know nothing of markets."""
