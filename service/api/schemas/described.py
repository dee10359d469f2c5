"""The metadata of a field that needs no more than a description."""


def described(text: str) -> dict[str, str]:
    """Return a field's metadata: its description."""
    return {"description": text}
