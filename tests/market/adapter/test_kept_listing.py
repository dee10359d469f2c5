"""What a client keeps of a listing: little, and every call goes as with the whole of it."""

import sys
from collections.abc import Collection, Iterator
from typing import Any

import pytest

from service.analysis.digest import digest_of
from service.market.adapter import venue
from service.market.adapter.kept_listing import keep_listing
from service.market.contract import MarketError, resolve
from service.market.venues import VENUE_IDS, build_venue
from tests.emulator import Emulator, synthetic_truth

NOW = 1_790_000_400_000
HOUR = 3_600_000
# Kept as ccxt does it, one takes 4,000 to 8,000, and as much again by its id.
MOST_BYTES = 3_000


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Serve all venues."""
    with Emulator(synthetic_truth(NOW), NOW) as running:
        yield running


def keep_all(client: Any, sent: Collection[dict[str, Any]], _: Collection[str]) -> None:
    """Keep a listing as ccxt does by itself."""
    client.set_markets(sent)


def everything_of(emulator: Emulator, exchange_id: str, coin: str) -> list[str]:
    """Return a digest of what each call of an adapter gives, or its error."""
    exchange: Any = build_venue(exchange_id, emulator.url(exchange_id), clock=lambda: NOW / 1000, throttle=False)
    symbol = resolve(exchange_id, coin, exchange.markets())
    span = (symbol, "1h", NOW // HOUR * HOUR - 48 * HOUR, NOW // HOUR * HOUR)
    calls: list[tuple[str, tuple[object, ...]]] = [
        (name, span) for name in ("ohlcv", "mark_ohlcv", "open_interest", "liquidations")
    ]
    calls += [(name, (symbol,)) for name in ("open_interest_now", "account_ratio", "order_book", "funding", "tiers")]
    answers = []
    for name, asked in calls:
        try:
            answers.append(digest_of(name, getattr(exchange, name)(*asked)))
        except MarketError as error:
            answers.append(f"{name} {error}")
    exchange.close()
    return answers


@pytest.mark.parametrize(
    ("exchange_id", "coin"), [*((each, "BTC") for each in VENUE_IDS), ("bybit", "BTCUSD"), ("okx", "BTC/USD:BTC")]
)
def test_every_call_goes_as_with_all_of_it(
    emulator: Emulator, exchange_id: str, coin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that nothing is left out that a call reads again: the same values, and the same errors."""
    kept = everything_of(emulator, exchange_id, coin)
    monkeypatch.setattr(venue, "keep_listing", keep_all)
    assert everything_of(emulator, exchange_id, coin) == kept


def bytes_of(value: Any) -> int:
    """Return the bytes of a value with all that is in it but names, which markets share."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sys.getsizeof(value) + sum(bytes_of(each) for each in inside if not isinstance(each, bool | type(None)))


@pytest.mark.parametrize("exchange_id", VENUE_IDS)
def test_a_market_takes_little(emulator: Emulator, exchange_id: str) -> None:
    """Each is there once, without what the exchange sent of it, and what was sent can still be shared as it was."""
    exchange: Any = build_venue(exchange_id, emulator.url(exchange_id), clock=lambda: NOW / 1000, throttle=False)
    sent = exchange._client.fetch_markets()
    before = repr(sent)
    served = exchange.markets()
    keep_listing(exchange._client, sent, served)
    client = exchange._client
    assert repr(sent) == before
    assert client.markets.keys() <= served.keys()
    assert all(bytes_of(market) < MOST_BYTES for market in client.markets.values())
    assert all(same[0] is client.markets[same[0]["symbol"]] for same in client.markets_by_id.values())
    assert sum(map(len, client.markets_by_id.values())) == len(client.markets)
    assert not client.currencies
    exchange.close()
