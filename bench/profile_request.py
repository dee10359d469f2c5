"""Show where one request spends its time: `make profile URL='/v1/zones?exchange=sim&symbol=BTC'`.

The application runs in this process on the settings of the environment. The first request fills the cache of market
data and is not profiled; the answers' own cache is off, so the profiled ones compute.
"""

import sys
from dataclasses import replace
from pathlib import Path

from pyinstrument import Profiler

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from service.app import create_app
from service.settings import settings_from_environment

REPEATS = 10


def main() -> None:
    """Print the tree of calls, in wall-clock time."""
    url = sys.argv[1]
    client = create_app(replace(settings_from_environment(), answer_bytes=0)).test_client()
    first = client.get(url)
    assert first.status_code == 200, first.text
    with Profiler(interval=0.0005) as profiler:
        for _ in range(REPEATS):
            client.get(url)
    print(profiler.output_text(unicode=True, color=sys.stdout.isatty(), show_all=False))


if __name__ == "__main__":
    main()
