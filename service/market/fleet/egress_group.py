"""An egress group: replicas that exchanges know by one address, and what each of them knows of it.

Exchanges limit calls by address. What is taken of each allowance is one number for all, counted on the cache's clock.
Where an exchange refused one of them, all leave it alone, and when that rest is over one call of all tries it first.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from service.market.contract import Claim, ExchangeUnavailable, Resting
from service.market.fleet.entry import VERSION, Failure, opened, sealed
from service.market.fleet.values import Unreadable

# Seconds: how long after a rest one call tries first, how long that may take, and when others may ask again meanwhile.
TRIAL_SECONDS, TRIAL_WAIT = 60.0, 1.0
# No ban of an exchange is longer.
MOST_REST_SECONDS = 3 * 86_400.0
# What the script below answers with.
GO, RESTING, ON_TRIAL, TRY = 0, 1, 2, 3

# Keys: the rest, that it was, who tries, what is taken. What somebody spoiled has no end, and counts for nothing.
SPEND = """
local function number(key) return tonumber(redis.pcall('get', key)) or 0 end
local function lasts(key)
  local left = redis.pcall('pttl', key)
  return type(left) == 'number' and left > 0 and left
end
local left = lasts(KEYS[1])
if left then
  local why = redis.pcall('get', KEYS[1])
  return {1, left, type(why) == 'string' and why or ''}
end
local state = 0
if lasts(KEYS[2]) then
  if not lasts(KEYS[3]) then redis.call('del', KEYS[3]) end
  if redis.pcall('get', KEYS[3]) ~= ARGV[1] and not redis.call('set', KEYS[3], ARGV[1], 'NX', 'PX', ARGV[2]) then
    return {2, 0, ''}
  end
  state = 3
end
local time = redis.call('time')
local now = time[1] * 1000 + time[2] / 1000
local claim, burst, most = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local taken = lasts(KEYS[4]) and math.max(number(KEYS[4]), now) or now
local wait = math.max(taken - now - burst, 0)
if wait <= most then
  taken = taken + claim
  redis.call('set', KEYS[4], string.format('%.3f', taken), 'PX', math.ceil(taken - now) + 1000)
end
return {state, math.ceil(wait), ''}
"""
# A rest is never made shorter by who comes later with one that is.
REST = """
local left = redis.pcall('pttl', KEYS[1])
if type(left) ~= 'number' or left < tonumber(ARGV[2]) then
  redis.call('set', KEYS[1], ARGV[3], 'PX', ARGV[2])
  redis.call('set', KEYS[2], '1', 'PX', ARGV[2] + ARGV[4])
end
if redis.pcall('get', KEYS[3]) == ARGV[1] then redis.call('del', KEYS[3]) end
return {0}
"""
# Who no longer holds the trial has nothing to say of how it ended.
ENDED = """
if redis.pcall('get', KEYS[3]) == ARGV[1] then
  redis.call('del', KEYS[3])
  if ARGV[2] == '1' then redis.call('del', KEYS[2]) end
end
return {0}
"""


class Scripts(Protocol):
    """A store that runs scripts; None where it does not answer."""

    def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | bytes | int]) -> list[object] | None:
        """Return what a script answers."""


class EgressGroup:
    """See Ledger: the one of a group of that name, kept in the cache. Safe to share between threads."""

    def __init__(self, name: str, scripts: Scripts, new_owner: Callable[[], str], patience: float) -> None:
        """`new_owner` returns a name that no other claim has; a trial that takes longer than `patience` s is lost."""
        self._name, self._scripts, self._new_owner, self._patience = name, scripts, new_owner, patience
        self._trials: dict[str, str] = {}

    def spend(self, claim: Claim) -> float | None:
        """Return how long to wait before a call; see Ledger. The cache's clock counts, and no replica's."""
        owner = self._trials.get(claim.exchange) or self._new_owner()
        keys = [*self._keys(claim.exchange), self._key(claim.exchange, f"taken:{claim.pool}")]
        lengths = [_milliseconds(seconds) for seconds in (claim.seconds, claim.burst, claim.most_wait)]
        answer = self._scripts.run(SPEND, keys, [owner, _milliseconds(self._patience), *lengths])
        state, milliseconds, why = _read(answer)
        if state == RESTING:
            self._raise_rest(claim.exchange, milliseconds / 1000.0, why)
        if state == ON_TRIAL:
            tries = ExchangeUnavailable(claim.exchange, "it refused for a while, and another replica tries it")
            raise Resting(tries, TRIAL_WAIT)
        if state == TRY:
            self._trials[claim.exchange] = owner
        return milliseconds / 1000.0 if state in {GO, TRY} else None

    def refused(self, error: ExchangeUnavailable) -> None:
        """Leave the exchange alone, all of the group, for as long as it asked for."""
        keys, seconds = self._keys(error.exchange), min(error.retry_after, MOST_REST_SECONDS)
        owner = self._trials.pop(error.exchange, self._new_owner())
        value = sealed(keys[0], Failure.of(error))
        self._scripts.run(REST, keys, [owner, _milliseconds(seconds), value, _milliseconds(TRIAL_SECONDS)])

    def ended(self, exchange: str, *, good: bool) -> None:
        """Let all of the group ask again after a trial that went well; let another try after one that did not."""
        owner = self._trials.pop(exchange, None)
        if owner is not None:
            self._scripts.run(ENDED, self._keys(exchange), [owner, int(good)])

    def _raise_rest(self, exchange: str, left: float, why: bytes) -> None:
        """Raise what another replica was told; return where that cannot be read, and so was never said."""
        try:
            failure = opened(self._keys(exchange)[0], why)
        except Unreadable:
            return
        if isinstance(failure, Failure) and failure.exchange == exchange:
            raise replace(failure, retry_after=min(left, MOST_REST_SECONDS), rest=True).error()

    def _keys(self, exchange: str) -> list[str]:
        return [self._key(exchange, part) for part in ("rest", "rested", "trial")]

    def _key(self, exchange: str, part: str) -> str:
        # In braces, so that a cluster keeps all of them in one place.
        return f"lh:{VERSION}:egress:{{{self._name}:{exchange}}}:{part}"


def _read(answer: list[object] | None) -> tuple[int, int, bytes]:
    """Return what the script answered: how it stands, milliseconds, and why; a state of -1 where it did not."""
    match answer:
        case [int(state), int(milliseconds), bytes(why)]:
            return state, milliseconds, why
    return -1, 0, b""


def _milliseconds(seconds: float) -> int:
    return min(max(int(1000 * seconds), 1), 10**12) if seconds < 1e9 else 10**12  # noqa: PLR2004 - for ever
