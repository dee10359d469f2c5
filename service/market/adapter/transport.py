"""An HTTP session that limits every exchange call: its total time, the size of the body, and only JSON."""

import http.client
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from socket import SOCK_STREAM, gaierror, getaddrinfo, socket
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError
from urllib3.util import Timeout

from service.market.adapter.egress import DIRECT, Egress
from service.market.adapter.second_try import RetryBudget, by_chance, early
from service.market.adapter.weight_used import Usage, weight_used

MAX_BODY_BYTES = 32 * 1024 * 1024
_CHUNK = 64 * 1024
FIRST_ERROR_STATUS = 400
# A longer error says no more, and what reads it takes longer.
MAX_ERROR_BYTES = 64 * 1024
# No longer text is published, nor looked through for what must not be: the reason that is told of it is far shorter.
MAX_TEXT = 2_000
# Schemes are short; without the bound each letter of a long word would be tried as the start of one.
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{0,20}://[^\s'\"<>\\]*", re.IGNORECASE)


@dataclass(frozen=True)
class Sent:
    """One request that was sent: when, by the monotonic clock, how long it took, what its answer said of the limit.

    `retried` tells that it failed, and that the next one is its second try.
    """

    began: float
    seconds: float
    weight_used: Usage | None
    retried: bool = False


class UnusableBody(ValueError):
    """The exchange answered with success, but the body cannot be data."""


class _Countdown(io.RawIOBase):
    """Reads a socket until a deadline: each read gets the time that is left."""

    def __init__(self, raw: io.RawIOBase, sock: socket, deadline: float) -> None:
        self._raw, self._sock, self._deadline = raw, sock, deadline

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: Any, /) -> int | None:  # noqa: ANN401 - the type of RawIOBase's own argument has no name here
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the total time is up")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """A response whose status line, headers and body together must arrive within the socket's timeout.

    The timeout of a socket limits single reads: a server that sends one byte a second would never exceed it.
    """

    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on untouched
        super().__init__(sock, *args, **kwargs)
        seconds = sock.gettimeout()
        if seconds is not None:
            self.fp = io.BufferedReader(_Countdown(self.fp.detach(), sock, monotonic() + seconds))


class _Timed:
    """Shared by both kinds of connection: one timeout for all addresses of the host together.

    urllib3 gives each address of a host the full timeout, and a host behind a CDN has several.
    """

    def _new_conn(self: Any) -> Any:  # noqa: ANN401 - mixed into urllib3's classes
        whole = self.timeout
        if whole is None:
            return super()._new_conn()  # type: ignore[misc]  # of the class it is mixed into
        try:
            addresses = getaddrinfo(self._dns_host.strip("[]"), self.port, type=SOCK_STREAM)
            self.timeout = whole / max(1, len(addresses))
            return super()._new_conn()  # type: ignore[misc]  # as above
        except gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        finally:
            self.timeout = whole


class _Connection(_Timed, HTTPConnection):
    response_class = _TimedResponse


class _SecureConnection(_Timed, HTTPSConnection):
    response_class = _TimedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class _TimedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on untouched
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:  # noqa: ANN401 - urllib3's own class, passed on
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class BoundedSession(requests.Session):
    """A session for one exchange: no redirects, no environment proxies, bounded time and size.

    A 2xx or 3xx answer that is not a JSON object or array raises `UnusableBody`, because ccxt reads a maintenance page
    as an empty list. What failed by chance and early is sent once more, see second_try: nothing but reads is sent. Not
    for several threads at once.

    deadline             monotonic time by which all requests must have been answered; DNS lookups, which the operating
                         system does, are not limited here
    path                 path of the last request below the base URL; None before the first
    status, retry_after  of the last answer; None where the last request had none
    sent                 every request since whoever has the session last emptied the list
    """

    def __init__(
        self,
        base_url: str | None = None,
        max_body_bytes: int = MAX_BODY_BYTES,
        egress: Egress = DIRECT,
        retries: RetryBudget | None = None,
    ) -> None:
        """`base_url` replaces the exchange's own hosts; `max_body_bytes` limits the decompressed body.

        The proxy of `egress` is used for the exchange's own hosts alone; a base URL is reached directly.
        """
        super().__init__()
        self.trust_env = False
        self.deadline: float | None = None
        base = urlsplit(base_url or "")
        self._proxies = {"http": egress.proxy, "https": egress.proxy} if egress.proxy and base_url is None else {}
        self._authorities = egress.ca_file or True
        proxy = urlsplit(self._proxies.get("https", ""))
        self._prefix = base.path.rstrip("/")
        self._hosts = {host for host in (base.netloc, base.hostname, proxy.netloc, proxy.hostname) if host}
        self.forget()
        self.sent: list[Sent] = []
        self._max_body_bytes = max_body_bytes
        self._retries = retries or RetryBudget()
        self.mount("http://", _TimedAdapter())
        self.mount("https://", _TimedAdapter())

    def forget(self) -> None:
        """Forget the last request and its answer."""
        self.path: str | None = None
        self.status: int | None = None
        self.retry_after: str | None = None

    def published(self, text: str) -> str:
        """Return the text without hosts: the URL of the last request is cut to its path, any other is removed.

        Takes linear time, and looks at MAX_TEXT characters at most.
        """
        if len(text) > MAX_TEXT:
            # The last word may be half a host, which nothing below would know.
            text = text[:MAX_TEXT].rpartition(" ")[0]
        for host in sorted(self._hosts, key=len, reverse=True):
            text = re.sub(rf"(?<!/){re.escape(host)}", "(host)", text)
        return _URL.sub(lambda url: path if (path := self._path_of(url[0])) == self.path else "(url)", text)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as in requests
        """Send the request, twice at most, and return its response with the whole body in memory."""
        began = monotonic()
        try:
            response = self._once(request, kwargs)
            if not (by_chance(response) and self._may_retry(began)):
                return response
        except requests.RequestException as error:
            if not (by_chance(error) and self._may_retry(began)):
                raise
        self.sent[-1] = replace(self.sent[-1], retried=True)
        return self._again(request, kwargs)

    def _may_retry(self, began: float) -> bool:
        return early(began, monotonic(), self.deadline) and self._retries.take()

    def _again(self, request: requests.PreparedRequest, how: Mapping[str, Any]) -> requests.Response:
        try:
            response = self._once(request, how)
        except requests.RequestException:
            self._retries.lose()
            raise
        if by_chance(response):
            self._retries.lose()
        return response

    def _once(self, request: requests.PreparedRequest, kwargs: Mapping[str, Any]) -> requests.Response:
        self.forget()
        self.path = self._path_of(request.url or "")
        timeout = self._timeout(kwargs.get("timeout"))
        ours = {"timeout": timeout, "stream": True, "allow_redirects": False, "verify": self._authorities}
        began, used = monotonic(), None
        try:
            response = self._sent(request, {**kwargs, **ours, "proxies": self._proxies})
            used = weight_used(response.headers)
        finally:
            self.sent.append(Sent(began, monotonic() - began, used))
        if response.status_code < FIRST_ERROR_STATUS:
            self._retries.earn()
        return response

    def _sent(self, request: requests.PreparedRequest, how: Mapping[str, Any]) -> requests.Response:
        response = super().send(request, **how)
        self.status, self.retry_after = response.status_code, response.headers.get("Retry-After")
        # a server may omit the reason phrase, and ccxt concatenates it with a string
        response.reason = response.reason or ""
        body = self._read(response)
        if response.status_code < FIRST_ERROR_STATUS:
            _require_json(response, body)
        response.raw = io.BytesIO(body)
        return response

    def _timeout(self, seconds: float | None) -> Timeout:
        """Return the timeout of one request as a whole: the time left until the deadline, or `seconds` without one."""
        if self.deadline is None:
            return Timeout(total=seconds)
        left = self.deadline - monotonic()
        if left <= 0:
            raise requests.Timeout("the total time is up")
        return Timeout(total=left)

    def _path_of(self, url: str) -> str:
        return urlsplit(url).path.removeprefix(self._prefix) or "/"

    def _read(self, response: requests.Response) -> bytes:
        body = bytearray()
        try:
            for chunk in response.raw.stream(_CHUNK, decode_content=True):
                body += chunk
                if response.status_code >= FIRST_ERROR_STATUS and len(body) >= MAX_ERROR_BYTES:
                    return bytes(body[:MAX_ERROR_BYTES])
                if len(body) > self._max_body_bytes:
                    raise UnusableBody(f"the answer is longer than {self._max_body_bytes} bytes")
        except HTTPError as error:
            # ccxt knows requests' errors, not urllib3's
            raise requests.ConnectionError(error) from error
        finally:
            response.close()
        return bytes(body)


def _require_json(response: requests.Response, body: bytes) -> None:
    kind = response.headers.get("Content-Type", "no content type")[:60]
    try:
        usable = isinstance(orjson.loads(body), dict | list)
    except orjson.JSONDecodeError:
        usable = False
    if not usable:
        raise UnusableBody(f"HTTP {response.status_code} with a body that is not JSON ({kind}, {len(body)} bytes)")
