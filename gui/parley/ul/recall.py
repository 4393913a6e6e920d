"""What PDUs are, and what is noteworthy in them, found again from their bytes when somebody asks.

A PDU's values take many times the room of its bytes, and most are never looked at: so bytes are what is kept, and the
values of the latest beside them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from parley.ul.codec import Decoded, decode
from parley.ul.conformance import check_accept, check_codes, check_request, locate
from parley.ul.errors import Finding, RemoteProtocolError
from parley.ul.limits import Limits
from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, AAssociateRq

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ROOM, PLACES = 1024 * 1024, 128
"""Bytes of the PDUs whose values are kept, and how many at the most: the values of hostile ones take some ten times as
much, and each value is one more for the garbage collector to look at."""

_NO_LIMITS = Limits(sys.maxsize, sys.maxsize, sys.maxsize, sys.maxsize)


class Recall(Generic[K, V]):
    """The latest results of a pure function, as many as have room; the oldest go first.

    Args:
        find: the function.
        size: how much room an argument's result takes.
    """

    def __init__(self, find: Callable[[K], V], size: Callable[[K], int]) -> None:
        self._find = find
        self._size = size
        self._known: dict[K, V] = {}
        self._used = 0

    def __call__(self, key: K) -> V:
        """The result, found now unless it is known."""
        try:
            return self._known[key]
        except KeyError:
            value = self._find(key)
            self.keep(key, value)
            return value

    def keep(self, key: K, value: V) -> None:
        """Remember a result that somebody has found otherwise. One that has no room of its own stays until the next."""
        if key in self._known:
            return
        self._known[key] = value
        self._used += self._size(key)
        while (self._used > ROOM and len(self._known) > 1) or len(self._known) > PLACES:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._used -= self._size(oldest)


def _decode(data: bytes) -> Decoded | None:
    try:
        decoded = decode(data, _NO_LIMITS)
    except RemoteProtocolError:
        return None
    return decoded if decoded is not None and decoded.data == data else None


def _look(exchange: tuple[bytes, bytes]) -> tuple[Finding, ...]:
    data, request = exchange
    decoded = whole_pdu(data)
    if decoded is None:
        return ()
    if isinstance(decoded.pdu, AAssociateRq):
        return decoded.findings + locate(data, check_request(decoded.pdu))
    if isinstance(decoded.pdu, AAssociateAc):
        asked = whole_pdu(request)
        rq = asked.pdu if asked is not None and isinstance(asked.pdu, AAssociateRq) else None
        return decoded.findings + locate(data, check_accept(rq, decoded.pdu))
    if isinstance(decoded.pdu, AAssociateRj | AAbort):
        return decoded.findings + locate(data, check_codes(decoded.pdu))
    return decoded.findings


whole_pdu = Recall(_decode, len)
"""The PDU that these bytes are, neither more nor less; None where they are none."""

_findings = Recall(_look, lambda exchange: len(exchange[0]))


def findings_in(data: bytes, request: bytes = b"") -> tuple[Finding, ...]:
    """What is noteworthy in a PDU that came in.

    Args:
        request: the A-ASSOCIATE-RQ that an A-ASSOCIATE-AC answers; empty where it is not known.
    """
    return _findings((data, request))
