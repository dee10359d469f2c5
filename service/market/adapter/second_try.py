"""Second tries: what failed early and by chance is asked for once more, within a budget that good answers fill."""

from collections.abc import Callable
from random import SystemRandom
from time import sleep

import requests

# A good answer pays for so much of a second try, and so many tries at most are saved up.
EARNED_BY_ONE, MOST_SAVED = 0.1, 3.0
# Seconds before a second try, at least and at most: what broke a connection breaks the next one at once.
LEAST_PAUSE, MOST_PAUSE = 0.05, 0.15
# A failure is early that leaves this share of the time: a second try then has as long as the first had.
TIME_LEFT = 0.5
FIRST_SERVER_ERROR = 500


def pause_by_chance() -> None:
    """Wait for a moment, in no two processes the same."""
    sleep(SystemRandom().uniform(LEAST_PAUSE, MOST_PAUSE))


class RetryBudget:
    """How many second tries an exchange's good answers have paid for; not for several threads at once.

    It begins empty, and a second try that fails too empties it: an exchange that is down is not asked twice as often.
    """

    def __init__(self, pause: Callable[[], None] = pause_by_chance) -> None:
        """Save nothing yet; `pause` is what comes before a second try."""
        self._saved, self._pause = 0.0, pause

    def earn(self) -> None:
        """Note a good answer."""
        self._saved = min(self._saved + EARNED_BY_ONE, MOST_SAVED)

    def take(self) -> bool:
        """Take a second try, and wait the moment before it; tell whether one was there."""
        # Ten tenths are a little less than one.
        if round(self._saved, 6) < 1.0:
            return False
        self._saved -= 1.0
        self._pause()
        return True

    def lose(self) -> None:
        """Note a second try that failed too."""
        self._saved = 0.0


def by_chance(outcome: requests.Response | requests.RequestException) -> bool:
    """Tell whether another try may go better: a connection that broke, a server's error that asks for no pause.

    A refusal (429, 418) and any other 4xx is an answer. So is a certificate that is not trusted, or a proxy's no.
    """
    if isinstance(outcome, requests.Response):
        return outcome.status_code >= FIRST_SERVER_ERROR and "Retry-After" not in outcome.headers
    lasting = requests.exceptions.SSLError | requests.exceptions.ProxyError
    return isinstance(outcome, requests.ConnectionError | requests.Timeout) and not isinstance(outcome, lasting)


def early(began: float, now: float, deadline: float | None) -> bool:
    """Tell whether a try that began then and failed now has left enough time, all by the monotonic clock."""
    return deadline is None or deadline - now >= TIME_LEFT * (deadline - began)
