"""The model. Pure numpy: no Flask, no ccxt, no clock, no I/O, and nothing of ours from outside this package."""
