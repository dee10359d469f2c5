"""The ground of the model: bars, the price axis, its errors and its version."""
