"""What the details pane shows of a TLS handshake: names, values and what they mean. No Qt, and no tree yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from parley.model.tls import Alert, Certificate, Handshake, TlsFailure
from parley.ul.codes import Role
from parley.ul.errors import Severity
from parley.ul.foreign import alert_words, recognise

_SOON_DAYS = 30
_DAY_SECONDS = 86_400
_RECEIVED_SHOWN = 32
"""Bytes: what is no TLS may be a request with a passcode further behind."""
_OURS = {"TIMEOUT", "CLOSED", "RESET"}
"""Reasons that are not OpenSSL's."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line, and those beneath it, which are shown at once when it is `open`."""

    name: str
    value: str = ""
    meaning: str = ""
    severity: Severity | None = None
    inner: tuple[Fact, ...] = ()
    open: bool = False


def facts_of(handshake: Handshake, role: Role | None, wall: float) -> Fact:
    """A handshake as lines, "TLS" above them all.

    Args:
        role: this side's in the association.
        wall: when it was, in seconds since 1970: certificates are judged by that day.
    """
    failure = handshake.failure
    inner = (*_agreed(handshake, role), *_client_certificate(handshake, role), *_peer(handshake, role, wall))
    if failure is not None:
        inner = (*_failure(failure), *inner)
    severity = Severity.ERROR if failure is not None else None
    return Fact("TLS", "established" if failure is None else "failed", "", severity, inner, open=True)


def _agreed(handshake: Handshake, role: Role | None) -> Iterator[Fact]:
    none = "" if handshake.version else "ended before that"
    yield Fact("Version", handshake.version or "none", none)
    yield Fact("Cipher", handshake.cipher or "none", none)
    yield Fact("ALPN", handshake.alpn or "none", "" if handshake.alpn else "no application protocol was agreed")
    if handshake.server_name:
        meaning = "expected in the certificate" if role is Role.REQUESTOR else "the client asked for it (SNI)"
        yield Fact("Server name", handshake.server_name, meaning)
    else:
        yield Fact(
            "Server name", "none", "none is expected" if role is Role.REQUESTOR else "the client named none (SNI)"
        )


def _client_certificate(handshake: Handshake, role: Role | None) -> Iterator[Fact]:
    asked, sent = handshake.client_certificate_asked, handshake.client_certificate_sent
    ours = role is Role.REQUESTOR
    if not asked:
        yield Fact("Client certificate", "not asked for")
        return
    by, whose = ("the peer", "this side") if ours else ("this side", "the peer")
    meaning = f"asked for by {by}; {whose} {'sent one' if sent else 'sent none'}"
    yield Fact("Client certificate", "asked for and sent" if sent else "asked for, none sent", meaning)


def _peer(handshake: Handshake, role: Role | None, wall: float) -> Iterator[Fact]:
    chain = handshake.peer_chain
    if not chain:
        meaning = "ended before that" if role is Role.REQUESTOR else "the client has shown none"
        yield Fact("Peer's certificates", "none", meaning)
        return
    trust = "trusted and valid" if handshake.is_verified else "not verified: nothing proves who the peer is"
    severity = None if handshake.is_verified else Severity.WARNING
    inner = tuple(_certificate(each, position, wall) for position, each in enumerate(chain))
    yield Fact("Peer's certificates", str(len(chain)), trust, severity, inner, open=True)


def _certificate(certificate: Certificate, position: int, wall: float) -> Fact:
    until, severity = _validity(certificate, wall)
    named = ", ".join(certificate.names) or "none"
    lines = [
        Fact("Subject", certificate.subject),
        Fact("Names (SAN)", named, "the names that a client may call it by" if certificate.names else ""),
        Fact("Issuer", certificate.issuer, "itself" if certificate.issuer == certificate.subject else ""),
        Fact("Valid from", _moment(certificate.not_before)),
        Fact("Expires", _moment(certificate.not_after), until, severity),
        Fact("Key", certificate.key),
        Fact("Signed with", certificate.signature),
        Fact("Fingerprint (SHA-256)", certificate.fingerprint),
    ]
    name = "The peer's own" if position == 0 else f"Sent with it, {position}"
    inner = tuple(line for line in lines if line.value)
    return Fact(name, certificate.subject, until, severity, inner, open=position == 0)


def _validity(certificate: Certificate, wall: float) -> tuple[str, Severity | None]:
    """How long it is valid from the moment of the handshake."""
    now = datetime.fromtimestamp(wall, UTC)
    if certificate.not_before is not None and now < certificate.not_before:
        return "not valid yet: look at both clocks", Severity.ERROR
    if certificate.not_after is None:
        return "", None
    seconds = (certificate.not_after - now).total_seconds()
    days = int(abs(seconds) // _DAY_SECONDS)
    if seconds < 0:
        return f"expired {_days(days)} before", Severity.ERROR
    return f"{_days(days)} left", Severity.WARNING if days < _SOON_DAYS else None


def _days(count: int) -> str:
    return "less than a day" if count < 1 else f"{count} day{'' if count == 1 else 's'}"


def _moment(when: datetime | None) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S UTC") if when else ""


def _failure(failure: TlsFailure) -> Iterator[Fact]:
    yield Fact("Why", failure.words, severity=Severity.ERROR)
    if failure.alert is not None:
        sender = "sent by the peer" if failure.alert_by is Alert.THEIRS else "sent by this side"
        yield Fact("Alert", f"{failure.alert} {alert_words(failure.alert)}", sender)
    if failure.reason:
        yield Fact("Reason", failure.reason, "as OpenSSL names it" if failure.reason not in _OURS else "")
    if failure.verify_code:
        yield Fact("Verification code", str(failure.verify_code), "OpenSSL's, of why the peer is not trusted")
    if failure.received:
        found = recognise(failure.received)
        yield Fact("Received", failure.received[:_RECEIVED_SHOWN].hex(" ").upper(), found or "no TLS")
