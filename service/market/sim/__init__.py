"""The simulated exchanges, with a hidden truth to measure against."""
