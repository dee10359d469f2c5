"""One module per path: parse, analyse, encode."""
