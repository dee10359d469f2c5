"""Hot and cold zones: cut, ranked and described."""
