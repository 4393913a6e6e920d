"""What the messages of a handshake give away: certificates, who was asked for one, and alerts.

Python tells none of that for a handshake that failed, and half of it for one that did not. OpenSSL reports each message
to a callback; where this Python has none, the facts are fewer and nothing else changes.
"""

from __future__ import annotations

import ssl
from functools import cached_property
from typing import Any

from parley.model.tls import Alert

HANDSHAKE, ALERT = 22, 21
"""Content types of records (RFC 8446 section 5.1)."""
CERTIFICATE, CERTIFICATE_REQUEST = 11, 13
"""Handshake messages (RFC 8446 section 4)."""
FATAL = 2
HEAD = 4
"""Type and length of a handshake message."""


class Trace:
    """Facts of one handshake, collected as its messages pass.

    Attributes:
        peer_certificates: DER, in the order they were sent.
        alert, alert_by: the first fatal alert.
    """

    def __init__(self) -> None:
        self.peer_certificates: list[bytes] = []
        self.certificate_asked = False
        self.certificate_sent = False
        self.server_name = ""
        self.alert: int | None = None
        self.alert_by: Alert | None = None

    def message(self, *, is_ours: bool, version: int, content_type: int, data: bytes) -> None:
        """Note one message; `data` is that of its record's content."""
        if content_type == ALERT and len(data) >= 2 and data[0] == FATAL and self.alert is None:
            self.alert, self.alert_by = data[1], Alert.OURS if is_ours else Alert.THEIRS
        elif content_type == HANDSHAKE and data[:1] == bytes([CERTIFICATE_REQUEST]):
            self.certificate_asked = True
        elif content_type == HANDSHAKE and data[:1] == bytes([CERTIFICATE]):
            certificates = certificate_list(data[HEAD:], is_1_3=version >= ssl.TLSVersion.TLSv1_3)
            if is_ours:
                self.certificate_sent = bool(certificates)
            else:
                self.peer_certificates = certificates


class TracedObject(ssl.SSLObject):
    """The TLS state of one connection, with its trace."""

    @cached_property
    def trace(self) -> Trace:
        """What its messages have given away so far."""
        return Trace()


def trace(context: ssl.SSLContext) -> None:
    """Have each connection of this context, whose object class is `TracedObject`, keep its trace."""
    if hasattr(context, "_msg_callback"):
        context._msg_callback = _message


def _message(connection: Any, direction: str, version: int, content_type: int, _type: int, data: bytes) -> None:
    if isinstance(connection, TracedObject):
        connection.trace.message(
            is_ours=direction == "write", version=int(version), content_type=int(content_type), data=data
        )


def certificate_list(body: bytes, *, is_1_3: bool) -> list[bytes]:
    """The certificates of a Certificate message, DER (RFC 5246 section 7.4.2, RFC 8446 section 4.4.2)."""
    found: list[bytes] = []
    position = 1 + body[0] if is_1_3 and body else 0
    position += 3  # the length of the list, which ends with the message
    while position + 3 <= len(body):
        length = int.from_bytes(body[position : position + 3], "big")
        position += 3
        found.append(body[position : position + length])
        position += length
        if is_1_3:
            position += 2 + int.from_bytes(body[position : position + 2], "big")
    return found
