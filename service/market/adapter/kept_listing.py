"""What a client keeps of a listing: no more than later calls read.

ccxt keeps each market twice, as its class made it and merged with usual values, beside the whole of what the exchange
sent and a table of currencies: five megabytes of an exchange with 600 markets.
"""

from collections.abc import Collection
from itertools import groupby
from operator import itemgetter
from typing import Any

# Of the exchange's own entry, what ccxt and our venues read of it in the calls that we make: Binance's and HTX's open
# interest and account ratio, OKX's risk tiers, Hyperliquid's risk tiers and prices, Bybit's funding.
READ_AGAIN = ("pair", "contractType", "contract_type", "instFamily", "uly", "name", "hip3", "fundingInterval")
# What only orders are checked against, and their fees.
OF_ORDERS = ("limits", "marginModes", "tiers")


def keep_listing(client: Any, sent: Collection[dict[str, Any]], served: Collection[str]) -> None:  # noqa: ANN401 - ccxt has no types
    """Let a ccxt client know those markets of a listing whose symbols are `served`; `sent` itself is left as it is."""
    client.set_markets([entry for entry in sent if entry["symbol"] in served])
    for market in client.markets.values():
        info = market.get("info") or {}
        market["info"] = {name: info[name] for name in READ_AGAIN if name in info}
        market.update(dict.fromkeys(OF_ORDERS))
    by_id = itemgetter("id")
    client.markets_by_id = {
        name: list(same) for name, same in groupby(sorted(client.markets.values(), key=by_id), by_id)
    }
    # Without them ccxt takes a currency's code from its id, as it does while it reads its first listing.
    client.currencies, client.currencies_by_id, client.baseCurrencies, client.quoteCurrencies = {}, {}, {}, {}
    client.codes = []
