"""Where the model's inputs come from: exchanges, validation, cache."""
