"""One module per exchange, and the registry that knows them all."""
