"""TLS between a TCP connection and an association: the protocol of the one and the transport of the other.

asyncio has TLS of its own, but tells an acceptor nothing of a handshake that fails, and nobody what the peer sent in
place of one. Here OpenSSL works on memory, so that every byte is seen and both loops behave alike.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol, cast

from parley.engine.certificates import describe
from parley.engine.tls import Security
from parley.engine.tls_trace import TracedObject
from parley.model.tls import Alert, Certificate, Handshake, TlsFailure
from parley.ul.foreign import alert_words, recognise

RECORD = 16384
FIRST_BYTES = 132
TLS_MAJOR_VERSION = 3
TLS_CONTENT_TYPES = range(0x14, 0x18)
CLOSED, RESET, TIMEOUT = "CLOSED", "RESET", "TIMEOUT"
"""Reasons that are not OpenSSL's."""


class SecuredProtocol(Protocol):
    """What an association does on top of an asyncio protocol so that its connection can be secured."""

    def connection_opened(self, transport: asyncio.BaseTransport) -> None:
        """TCP is connected."""

    def handshake_began(self) -> None:
        """The handshake has begun; it is cut short with `TlsTransport.give_up`."""

    def tls_established(self, handshake: Handshake) -> None:
        """The handshake is done."""

    def tls_failed(self, handshake: Handshake) -> None:
        """TLS has failed, in the handshake or, as TLS 1.3 tells some failures late, after it."""

    def connection_ready(self) -> None:
        """Data can be exchanged."""

    def acknowledge(self) -> None:
        """TCP has brought something, be it for TLS alone."""

    def data_received(self, data: bytes) -> None:
        """As `asyncio.Protocol`."""

    def eof_received(self) -> bool | None:
        """As `asyncio.Protocol`."""

    def connection_lost(self, exc: Exception | None) -> None:
        """As `asyncio.Protocol`."""

    def pause_writing(self) -> None:
        """As `asyncio.Protocol`."""

    def resume_writing(self) -> None:
        """As `asyncio.Protocol`."""


class TlsTransport(asyncio.Protocol, asyncio.Transport):
    """One connection's TLS. An acceptor's handshake begins with the connection, a requestor's with `begin`."""

    def __init__(self, security: Security, protocol: SecuredProtocol, *, is_server: bool) -> None:
        super().__init__()
        self._security = security
        self._protocol = protocol
        self._is_server = is_server
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = security.context.wrap_bio(
            self._incoming, self._outgoing, server_side=is_server, server_hostname=security.server_name
        )
        self._tls = cast("TracedObject", tls)
        self._wire: asyncio.Transport | None = None
        self._first = b""
        self._established: Handshake | None = None
        self._has_begun = False
        self._is_open = False
        self._is_over = False

    def begin(self) -> None:
        """Begin the handshake."""
        self._has_begun = True
        self._protocol.handshake_began()
        self._advance()

    def give_up(self, words: str) -> None:
        """End a handshake that takes too long."""
        self._fail(TIMEOUT, words)
        self.abort()

    # --- asyncio.Protocol: what the wire says ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = cast("asyncio.Transport", transport)
        self._protocol.connection_opened(self)
        if self._is_server:
            self.begin()

    def data_received(self, data: bytes) -> None:
        if self._is_over:
            return
        self._protocol.acknowledge()
        if len(self._first) < FIRST_BYTES:
            self._first += data[:FIRST_BYTES]
        self._incoming.write(data)
        if self._has_begun:
            self._advance()

    def eof_received(self) -> bool | None:
        if self._is_over:
            return False
        if not self._is_open:
            self._fail(CLOSED, "the peer closed the connection during the handshake")
            return False
        return self._protocol.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._is_open and not self._is_over:
            self._fail(RESET, "the connection broke off during the handshake")
        self._is_over = True
        self._wire = None
        self._protocol.connection_lost(exc)

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()

    # --- asyncio.Transport: what the association wants ---

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._is_open or self._is_over:
            return
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._tls.write(rest) :]
        except ssl.SSLError as error:
            self._broken(error)
        self._flush()

    def close(self) -> None:
        """Say goodbye and close; what was written leaves first."""
        if self._is_open and not self._is_over:
            self._is_over = True
            with suppress(ssl.SSLError):  # The peer's own goodbye is not waited for.
                self._tls.unwrap()
            self._flush()
        self._is_over = True
        if self._wire is not None:
            self._wire.close()

    def abort(self) -> None:
        self._is_over = True
        if self._wire is not None:
            self._wire.abort()

    def is_closing(self) -> bool:
        return self._is_over or self._wire is None or self._wire.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "ssl_object":
            return self._tls
        return default if self._wire is None else self._wire.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        return 0 if self._wire is None else self._wire.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return (0, 0) if self._wire is None else self._wire.get_write_buffer_limits()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        if self._wire is not None:
            self._wire.set_write_buffer_limits(high, low)

    def can_write_eof(self) -> bool:
        return False

    def is_reading(self) -> bool:
        return self._wire is not None and self._wire.is_reading()

    def pause_reading(self) -> None:
        if self._wire is not None:
            self._wire.pause_reading()

    def resume_reading(self) -> None:
        if self._wire is not None:
            self._wire.resume_reading()

    # --- OpenSSL's part ---

    def _advance(self) -> None:
        """Go on with what has come in: the handshake, then data."""
        if not self._is_open:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                return
            except (ssl.SSLError, ssl.CertificateError) as error:
                self._broken(error)
                return
            self._flush()
            self._is_open = True
            self._established = self._handshake()
            self._protocol.tls_established(self._established)
            self._protocol.connection_ready()
        self._read()

    def _read(self) -> None:
        chunks: list[bytes] = []
        has_ended = False
        failure: ssl.SSLError | None = None
        try:
            while not self._is_over and not has_ended:
                chunk = self._tls.read(RECORD)
                has_ended = not chunk
                chunks.append(chunk)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            failure = error
        self._flush()
        if data := b"".join(chunks):
            self._protocol.data_received(data)
        if failure is not None and not self._is_over:
            self._broken(failure)
        elif has_ended and not self._is_over:
            self._protocol.eof_received()
            self.close()

    def _flush(self) -> None:
        if self._outgoing.pending and self._wire is not None:
            self._wire.write(self._outgoing.read())

    # --- failures ---

    def _broken(self, error: ssl.SSLError | ssl.CertificateError) -> None:
        self._flush()
        self._fail(getattr(error, "reason", None) or type(error).__name__, "", error)

    def _fail(self, reason: str, words: str, error: Exception | None = None) -> None:
        """Tell it, and end this direction; the other one is read until the peer has seen the alert and closes.

        Closing at once, with bytes unread, would make the peer's system throw the alert away.
        """
        if self._is_over:
            return
        self._is_over = True
        trace = self._tls.trace
        received = b"" if self._is_open or _is_tls(self._first) else self._first
        verify_code = getattr(error, "verify_code", 0) or 0
        if not words:
            words = _words(reason, error, received, trace.alert if trace.alert_by is Alert.THEIRS else None)
            has_missed = trace.certificate_asked and not (trace.certificate_sent or self._is_server)
            if has_missed and trace.alert_by is Alert.THEIRS:
                words += ", after it had asked for a certificate and got none"
        failure = TlsFailure(words, reason, verify_code, trace.alert, trace.alert_by, received)
        if self._wire is not None and not self._wire.is_closing():
            with suppress(OSError):  # The peer is gone already.
                self._wire.write_eof()
        if self._established is not None:
            self._protocol.tls_failed(replace(self._established, is_verified=False, failure=failure))
        else:
            self._protocol.tls_failed(self._handshake(failure))

    def _handshake(self, failure: TlsFailure | None = None) -> Handshake:
        """What is known by now; after a failure that comes later, OpenSSL does not tell it any more."""
        trace = self._tls.trace
        cipher = self._tls.cipher()
        chain = self._peer_chain()
        is_verifying = self._security.context.verify_mode is not ssl.CERT_NONE
        sent = bool(chain) if self._is_server else trace.certificate_sent
        return Handshake(
            version=(self._tls.version() or "") if cipher else "",
            cipher=cipher[0] if cipher else "",
            alpn=self._tls.selected_alpn_protocol() or "",
            server_name=trace.server_name if self._is_server else self._security.server_name or "",
            peer_chain=chain,
            is_verified=failure is None and is_verifying and bool(chain),
            client_certificate_asked=is_verifying if self._is_server else trace.certificate_asked,
            client_certificate_sent=sent,
            failure=failure,
        )

    def _peer_chain(self) -> tuple[Certificate, ...]:
        # Where no trace is kept, the peer's own certificate at least is known once it was accepted.
        own = self._tls.getpeercert(binary_form=True) if self._is_open else None
        return tuple(describe(der) for der in self._tls.trace.peer_certificates or ([own] if own else []))


def _is_tls(first: bytes) -> bool:
    """Whether the first bytes are those of a record; nothing at all is not held against the peer."""
    return not first or (first[0] in TLS_CONTENT_TYPES and first[1:2] in {b"", bytes([TLS_MAJOR_VERSION])})


def _words(reason: str, error: Exception | None, received: bytes, alert: int | None) -> str:
    """What went wrong, without a full stop."""
    if received:
        return f"the peer sent {recognise(received) or 'something else'} in place of a TLS handshake"
    if message := getattr(error, "verify_message", None):
        return f"this side does not trust the peer's certificate: {message.rstrip('.')}"
    if alert is not None:
        return f"the peer ended it with the alert {alert_words(alert)}"
    return reason.replace("_", " ").lower()
