"""Two maps or zone lists held against each other."""
