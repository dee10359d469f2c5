"""BadTable: the error of a table that cannot be used."""


class BadTable(ValueError):
    """A table cannot be used; the message says what is wrong, in which row (by line of the file) and column."""
