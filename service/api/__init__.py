"""The HTTP edge: one resource a file, its schema beside it."""
