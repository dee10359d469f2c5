"""Faults: the real server before emulated exchanges that fail, and whether what is promised then holds.

`python -m tests.faults` runs every row and prints a table with its figures (`make faults`); the rows' quick forms are
tests, marked slow.
"""
