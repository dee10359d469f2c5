"""Record the golden answers anew and print what changed: `python -m tests.golden.record`."""

from collections.abc import Iterator
from itertools import islice

from tests.golden.answers import FOLDER, Golden, file_of
from tests.golden.askers import Askers
from tests.golden.requests import NAMES

MOST_SHOWN = 5


def record() -> Iterator[str]:
    """Ask every request, write the answers that changed, and yield a line for each of their first changes."""
    FOLDER.mkdir(exist_ok=True)
    with Askers() as askers:
        for name in NAMES:
            yield from _record(name, askers.ask(name))
    for file in sorted(FOLDER.iterdir()):
        if file.stem not in NAMES:
            file.unlink()
            yield f"{file.stem}: no longer asked"


def _record(name: str, now: Golden) -> Iterator[str]:
    if not file_of(name).exists():
        yield f"{name}: new, status {now.status}"
    else:
        changes = list(islice(Golden.read(name).changes(now), MOST_SHOWN))
        if not changes:
            return
        yield from (f"{name}: {change}" for change in changes)
    now.write(name)


if __name__ == "__main__":
    print("\n".join(record()) or "Nothing changed.")  # noqa: T201 - a command says what it did
