"""What the docstring of a set of rules lists."""

import re


def rules_in_docstring(owner: type) -> list[str]:
    """Return the names that the docstring explains, in order."""
    return re.findall(r"^ +([a-z_]+) {2,}\S", str(owner.__doc__), re.MULTILINE)
