"""Running the service: server settings."""
