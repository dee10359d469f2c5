"""The inventory of standing positions, bar by bar."""
