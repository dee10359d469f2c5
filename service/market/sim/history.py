"""A simulated market's history: any day can be computed by itself.

No position is open for more than 10 days. So the shadow is exact 10 days after an empty start, the price impact of its
liquidations one day later, and the true positions 10 days after that. A day computed from an empty market 21 days
earlier is bit by bit the day computed from any earlier start. Nothing needs to be stored.
"""

from collections.abc import Iterator
from threading import Lock

from cachetools import LRUCache

from service.market.sim.agents import MAX_DAYS
from service.market.sim.day import Day, DayByDay, State, empty_market
from service.market.sim.tape import Tape
from service.market.sim.venues import Coin, Venue

_WARM_UP_DAYS = 2 * MAX_DAYS + 1
_KEPT_DAYS, _KEPT_STATES = 400, 3  # 6 MB of bars, 2 MB of positions


class MarketHistory:
    """One market of one venue. Threads may share it: a lock guards the simulation and its caches."""

    def __init__(self, venue: Venue, coin: Coin, seed: int) -> None:
        """Fix everything that the history is a function of."""
        self._days = DayByDay(venue, coin, seed)
        self._lock = Lock()
        self._tapes: LRUCache[int, Tape] = LRUCache(_KEPT_DAYS)
        self._states: LRUCache[int, State] = LRUCache(_KEPT_STATES)

    def tape(self, first: int, last: int) -> Tape:
        """Return the bars of days first..last, both included, counted from 1970-01-01."""
        days = range(first, last + 1)
        with self._lock:
            tapes = {day: self._tapes[day] for day in days if day in self._tapes}
            missing = [day for day in days if day not in tapes]
            if missing:
                tapes |= {day: done.tape for day, done in self._simulate(range(missing[0], missing[-1] + 1))}
        return Tape.join([tapes[day] for day in days])

    def day(self, day: int) -> Day:
        """Return one day in full."""
        with self._lock:
            return next(done for _, done in self._simulate(range(day, day + 1)))

    def _simulate(self, days: range) -> Iterator[tuple[int, Day]]:
        """Yield each day in full, and cache its bars and the state after it."""
        state = self._before(days[0])
        for day in days:
            self._states[day] = state
            state, done = self._days.advance(state, day)
            self._tapes[day], self._states[day + 1] = done.tape, state
            yield day, done

    def _before(self, day: int) -> State:
        """Return the state before `day`, from the nearest cached state or from an empty market."""
        kept = [begun for begun in self._states if day - _WARM_UP_DAYS <= begun <= day]
        begun, state = (max(kept), self._states[max(kept)]) if kept else (day - _WARM_UP_DAYS, empty_market())
        shadow_until = day - MAX_DAYS if not kept else begun
        for past in range(begun, day):
            state = self._days.shadow(state, past) if past < shadow_until else self._days.advance(state, past)[0]
        return state
