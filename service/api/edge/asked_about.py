"""What a request asks about, by its query alone: for its log line, whether or not it is sound."""

from functools import lru_cache
from urllib.parse import parse_qsl

EXCHANGES, SYMBOLS = ("exchange", "a", "b"), ("symbol", "symbols")
# Callers write what they like: a line repeats the beginning of it, and nothing that a terminal would obey.
LONGEST = 100
MOST_PARAMETERS = 50
# Callers ask the same again and again.
QUERIES_KEPT = 1024


@lru_cache(QUERIES_KEPT)
def asked_about(query: str) -> tuple[str, str]:
    """Return the exchanges and the symbols that a query string names, as the caller wrote them; empty for none."""
    try:
        pairs = parse_qsl(query[:2000], max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return "", ""
    return _said(pairs, EXCHANGES), _said(pairs, SYMBOLS)


def _said(pairs: list[tuple[str, str]], names: tuple[str, ...]) -> str:
    text = ",".join(value for name, value in pairs if name in names)
    return printable(text[:LONGEST])


def printable(text: str) -> str:
    """Return a text with nothing in it that a terminal would obey."""
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in text)
