"""An entry of the shared cache: a value, or why there is none, sealed with the key that it is kept under."""

import hashlib
import hmac
from dataclasses import dataclass

import orjson

from service.market.contract import BadData, ExchangeUnavailable
from service.market.fleet.values import Unreadable, pack_json, packed, unpack_json, unpacked

# Part of every key: releases that write other bytes do not read each other's.
VERSION = 1
SEAL_BYTES = 16
VALUE, FAILURE, DOCUMENT = b"V", b"F", b"D"


@dataclass(frozen=True)
class Failure:
    """Why an exchange gave no value, as one replica met it."""

    exchange: str
    reason: str
    retry_after: float
    rest: bool
    cause: str

    @staticmethod
    def of(error: ExchangeUnavailable) -> "Failure":
        """Return what there is to say of an error."""
        return Failure(error.exchange, error.reason, error.retry_after, error.rest, error.cause)

    def error(self) -> ExchangeUnavailable:
        """Return the error for another replica to raise."""
        kind = BadData if self.cause == BadData.cause else ExchangeUnavailable
        return kind(self.exchange, self.reason, self.retry_after, rest=self.rest, cause=self.cause)


@dataclass(frozen=True)
class Document:
    """Whatever JSON can hold, as it is."""

    value: object


def sealed(key: str, content: object) -> bytes:
    """Return a value, a Document or a Failure as the bytes to keep under a key; raises TypeError for what none is."""
    if isinstance(content, Failure):
        body = FAILURE + orjson.dumps(vars(content))
    elif isinstance(content, Document):
        body = DOCUMENT + pack_json(content.value)
    else:
        body = VALUE + packed(content)
    return _seal(key, body) + body


def opened(key: str, data: bytes | None) -> object:
    """Return the value, Document or Failure kept under a key; raises Unreadable for bytes not sealed for it."""
    if data is None or len(data) <= SEAL_BYTES:
        raise Unreadable("nothing, or too little")
    seal, body = data[:SEAL_BYTES], data[SEAL_BYTES:]
    if not hmac.compare_digest(seal, _seal(key, body)):
        raise Unreadable("another seal")
    if body[:1] == VALUE:
        return unpacked(body[1:])
    if body[:1] == DOCUMENT:
        return Document(unpack_json(body[1:]))
    try:
        return Failure(**orjson.loads(body[1:]))
    except (ValueError, TypeError) as error:
        raise Unreadable(str(error)) from None


def _seal(key: str, body: bytes) -> bytes:
    return hashlib.sha256(b"%d\n%s\n%s" % (VERSION, key.encode(), body)).digest()[:SEAL_BYTES]
