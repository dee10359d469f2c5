"""An entry of the shared cache: a value, or why there is none, sealed with the key that it is kept under."""

import hashlib
import hmac
import math
import struct
from dataclasses import dataclass

import orjson

from service.market.contract import BadData, ExchangeUnavailable
from service.market.fleet.values import Unreadable, pack_json, packed, unpack_json, unpacked

# Part of every key: releases that write other bytes do not read each other's.
VERSION = 1
SEAL_BYTES = 16
VALUE, FAILURE, DOCUMENT, DATED = b"V", b"F", b"D", b"T"
# How a moment is written.
MOMENT = struct.Struct(">d")


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


@dataclass(frozen=True, eq=False)
class Dated:
    """A value, and until when it is fresh, epoch seconds: whoever fetched it has set that for all."""

    value: object
    until: float


@dataclass(frozen=True)
class Document:
    """Whatever JSON can hold, as it is."""

    value: object


def sealed(key: str, content: object) -> bytes:
    """Return a value, dated or not, a Document or a Failure as bytes for a key; raises TypeError for what none is."""
    if isinstance(content, Failure):
        body = FAILURE + orjson.dumps(vars(content))
    elif isinstance(content, Document):
        body = DOCUMENT + pack_json(content.value)
    elif isinstance(content, Dated):
        body = DATED + MOMENT.pack(content.until) + packed(content.value)
    else:
        body = VALUE + packed(content)
    return _seal(key, body) + body


def opened(key: str, data: bytes | None) -> object:
    """Return what is kept under a key, see `sealed`; raises Unreadable for bytes that were not sealed for it."""
    if data is None or len(data) <= SEAL_BYTES:
        raise Unreadable("nothing, or too little")
    seal, body = data[:SEAL_BYTES], data[SEAL_BYTES:]
    if not hmac.compare_digest(seal, _seal(key, body)):
        raise Unreadable("another seal")
    if body[:1] == VALUE:
        return unpacked(body[1:])
    if body[:1] == DATED:
        return _dated(body[1:])
    if body[:1] == DOCUMENT:
        return Document(unpack_json(body[1:]))
    try:
        return Failure(**orjson.loads(body[1:]))
    except (ValueError, TypeError) as error:
        raise Unreadable(str(error)) from None


def _dated(body: bytes) -> Dated:
    if len(body) < MOMENT.size:
        raise Unreadable("no moment")
    (until,) = MOMENT.unpack(body[: MOMENT.size])
    if not math.isfinite(until):
        raise Unreadable("a moment that is none")
    return Dated(unpacked(body[MOMENT.size :]), until)


def _seal(key: str, body: bytes) -> bytes:
    return hashlib.sha256(b"%d\n%s\n%s" % (VERSION, key.encode(), body)).digest()[:SEAL_BYTES]
