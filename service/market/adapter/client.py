"""A ccxt client set up for public market data: our session, our base URL, rows as the exchange sent them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from service.market.adapter.base_url import checked_base_url
from service.market.adapter.transport import BoundedSession, UnusableBody

# No page that is asked for has as many; a row takes ccxt 20 us, and a body may hold millions.
MAX_ROWS = 20_000


class _RowsAsSent:
    """Keep every row in the order it came.

    ccxt sorts rows and drops those without a time, so a payload of nulls would look like the end of history.
    """

    parse_ohlcv: Any
    parse_open_interest: Any

    def parse_ohlcvs(self, ohlcvs: Any, market: Any = None, *_: Any, **__: Any) -> list[Any]:  # noqa: ANN401 - ccxt has no types
        """Parse each row, and nothing else."""
        return [self.parse_ohlcv(row, market) for row in _bounded(ohlcvs)]

    def parse_open_interests_history(self, response: Any, market: Any = None, *_: Any, **__: Any) -> list[Any]:  # noqa: ANN401 - ccxt has no types
        """Parse each row, and nothing else."""
        return [self.parse_open_interest(row, market) for row in _bounded(response)]


def _bounded(rows: Any) -> Any:  # noqa: ANN401 - ccxt has no types
    if len(rows) > MAX_ROWS:
        raise UnusableBody(f"a page of {len(rows)} rows, {MAX_ROWS} at most")
    return rows


def client(
    ccxt_class: type,
    options: Mapping[str, Any],
    base_url: str | None,
    session: BoundedSession,
    config: Mapping[str, Any],
) -> Any:  # noqa: ANN401 - ccxt has no types
    """Return a client of `ccxt_class`; `base_url` replaces scheme and host of all its URLs, whose paths stay."""
    ccxt_client = type(ccxt_class.__name__, (_RowsAsSent, ccxt_class), {})(
        {
            "session": session,
            "options": dict(options),
            # currencies are not needed, and at gate they are one more large public call
            "has": {"fetchCurrencies": False},
            # each would keep the last body alive, a megabyte for a market list
            "enableLastHttpResponse": False,
            "enableLastJsonResponse": False,
            **config,
        }
    )
    if base_url is not None:
        ccxt_client.urls["api"] = _rebased(ccxt_client.urls["api"], checked_base_url(base_url))
    return ccxt_client


def _rebased(urls: Any, base: str) -> Any:  # noqa: ANN401 - strings in dicts in dicts, by exchange
    if isinstance(urls, dict):
        return {key: _rebased(value, base) for key, value in urls.items()}
    return base + urlsplit(urls).path if isinstance(urls, str) else urls
