"""How well a map predicts realised liquidations."""
