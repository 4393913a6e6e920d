"""Why there is no TLS: verdicts by who refused whom, and with which words."""

from __future__ import annotations

from ipaddress import ip_address

from parley.diagnosis.verdict import Failure, Verdict
from parley.model.address import host_of
from parley.model.attempt import Attempt
from parley.model.tls import Alert, Handshake, TlsFailure
from parley.ul.foreign import alert_words, recognise

FAILED = Failure(
    "tls_failed",
    "The connection was made, but TLS was not established: {detail}.",
    "Compare the TLS settings of both sides: versions, ciphers, certificates and whom each of them trusts.",
)

_UNKNOWN_CA = Failure(
    "tls_unknown_ca",
    "This side does not trust who issued the peer's certificate ({subject}, issued by {issuer}): {detail}.",
    "Get the certificate of that issuer from whoever runs the peer, and give it as CA file. If the CA file has it, the "
    "peer does not send the certificates in between.",
)
_SELF_SIGNED = Failure(
    "tls_self_signed",
    "The peer's certificate ({subject}) is signed by itself, and this side does not know it: {detail}.",
    "If it is certainly the peer's own, compare its fingerprint and give the certificate itself as CA file.",
)
_NAME = Failure(
    "tls_name_mismatch",
    "The peer's certificate ({subject}) is for another name than {server_name}: it is valid for {names}.",
    "Call the peer by a name that its certificate has, or set that name as the server name. Otherwise the peer needs a "
    "certificate for {server_name}.",
)
_EXPIRED = Failure(
    "tls_certificate_expired",
    "The peer's certificate ({subject}), or one of its chain, is no longer valid; its own ended on {not_after}.",
    "The peer needs a new certificate. If it has one, look at this machine's clock.",
)
_NOT_YET = Failure(
    "tls_certificate_not_yet_valid",
    "The peer's certificate ({subject}), or one of its chain, is not valid yet; its own begins on {not_before}.",
    "Look at the clocks of this machine and of the one that issued it.",
)
_WEAK = Failure(
    "tls_certificate_weak",
    "The peer's certificate ({subject}, {key}, {signature}) is too weak for the TLS profile of this side: {detail}.",
    "The peer needs one with RSA 2048 or ECDSA 256 bits and SHA-256. To look further all the same, use a custom "
    "profile with @SECLEVEL=0 in its ciphers.",
)

VERIFICATIONS: dict[int, Failure] = {
    2: _UNKNOWN_CA,
    9: _NOT_YET,
    10: _EXPIRED,
    18: _SELF_SIGNED,
    19: _UNKNOWN_CA,
    20: _UNKNOWN_CA,
    21: _UNKNOWN_CA,
    62: _NAME,
    64: _NAME,
    66: _WEAK,
    67: _WEAK,
    68: _WEAK,
}
"""By the number of OpenSSL's ``X509_V_ERR_…``: this side refuses the peer's certificate."""

UNTRUSTED = Failure(
    "tls_certificate_refused",
    "This side refuses the peer's certificate ({subject}): {detail}.",
    "The log shows the certificate. Whoever runs the peer has to know what is wrong with it.",
)

_WANTED = Failure(
    "tls_certificate_required",
    "The peer wants a certificate of this side and {sent}: {detail}.",
    "Give this side a certificate and its key that the peer's administrator has issued or admitted.",
)
_ADMIT_OURS = (
    "Have the CA that issued it, or the certificate itself, trusted at the peer; look at its dates and at what it may "
    "be used for."
)
_OURS_REFUSED = Failure(
    "tls_own_certificate_refused", "The peer refuses the certificate of this side: {detail}.", _ADMIT_OURS
)
_OURS_EXPIRED = Failure(
    "tls_own_certificate_expired",
    "The peer refuses the certificate of this side because it has expired: {detail}.",
    "Get a new one. If it has not expired, the peer's clock is wrong.",
)
_VERSION = Failure(
    "tls_no_common_version",
    "Both sides have no version of TLS in common: {detail}.",
    "The standard wants TLS 1.2 at least on both sides. A peer that has only older versions needs an update; to talk "
    "to it all the same, use a custom profile.",
)
_CIPHER = Failure(
    "tls_no_common_cipher",
    "The peer found nothing in common with this side, most often no cipher: {detail}.",
    "Compare the ciphers of both sides, and the kind of the peer's key: ECDSA ciphers need another certificate than "
    "RSA ones. A peer may also say so when it misses a client certificate.",
)
_SNI = Failure(
    "tls_name_unknown",
    "The peer does not go by the name {server_name}: {detail}.",
    "Set the server name to one that the peer knows.",
)
_ALPN = Failure(
    "tls_alpn_refused",
    "The peer does not accept the application protocol dicom: {detail}.",
    "Switch ALPN off. If that helps, the port may be for something else than DICOM.",
)

_NO_NAME = Failure(
    "tls_name_missing",
    "The peer wants to be called by a name, and none was sent: {detail}.",
    "Call it by a name instead of an address, or set the server name to one that the peer knows.",
)
_OURS_GIVEN_UP = Failure(
    "tls_own_certificate_refused",
    "The peer gave up after it had got the certificate of this side, most likely because of it: {detail}.",
    _ADMIT_OURS,
)

HANDSHAKE_FAILURE, UNRECOGNIZED_NAME = 40, 112
ABOUT_OURS = frozenset({42, 43, 44, 45, 46, 48, 49})
"""Alerts about the certificate of this side. Java sends 42 where it misses one."""

ALERTS: dict[int, Failure] = {
    40: _CIPHER,
    42: _OURS_REFUSED,
    43: _OURS_REFUSED,
    44: _OURS_REFUSED,
    45: _OURS_EXPIRED,
    46: _OURS_REFUSED,
    48: _OURS_REFUSED,
    49: _OURS_REFUSED,
    70: _VERSION,
    71: _CIPHER,
    112: _SNI,
    116: _WANTED,
    120: _ALPN,
}
"""By the number of the peer's alert (RFC 8446 section 6)."""

REASONS: dict[str, Failure] = {
    "UNSUPPORTED_PROTOCOL": _VERSION,
    "NO_PROTOCOLS_AVAILABLE": _VERSION,
    "VERSION_TOO_LOW": _VERSION,
    "DH_KEY_TOO_SMALL": _WEAK,
    "EE_KEY_TOO_SMALL": _WEAK,
    "TIMEOUT": Failure(
        "tls_timeout",
        "The peer took the connection but did not answer the TLS handshake: {detail}.",
        "The port may be for plain DICOM, whose service waits for something else: try it without TLS.",
    ),
    "CLOSED": Failure(
        "tls_closed",
        "The peer closed the connection in the middle of the TLS handshake, without a word.",
        "That is what a port does that is for plain DICOM, or a peer that admits only the addresses it knows.",
    ),
    "RESET": Failure(
        "tls_reset",
        "The connection broke off in the middle of the TLS handshake.",
        "That is what a port does that is for plain DICOM, or a firewall that looks into connections.",
    ),
}
"""By OpenSSL's reason, or ours."""

PLAIN = Failure(
    "tls_peer_plain",
    "The peer answered the TLS handshake with {what}: this port is for plain DICOM.",
    "Switch TLS off, or use the peer's port for DICOM over TLS, often 2762.",
)
FOREIGN = Failure(
    "tls_peer_foreign",
    "The peer answered the TLS handshake with {what}: another service is at this port.",
    "Use the peer's port for DICOM over TLS, often 2762.",
)
DICOM = "a DICOM PDU"


def tls_failure(attempt: Attempt) -> Verdict:
    """The verdict where TLS was not established, or ended by what TLS 1.3 tells late."""
    handshake = attempt.handshake or Handshake()
    failure = handshake.failure or TlsFailure(attempt.detail)
    return _row(failure, handshake).verdict(**_facts(attempt, handshake, failure))


def misses_certificate(attempt: Attempt) -> bool:
    """Whether the peer asked for a certificate, got none, and ended the connection before it said anything.

    In TLS 1.3 its alert comes after the handshake, and may be lost when it closes the connection at once.
    """
    return attempt.handshake is not None and attempt.handshake.misses_certificate


def certificate_missed(attempt: Attempt) -> Verdict:
    """The verdict where `misses_certificate`."""
    handshake = attempt.handshake or Handshake()
    return _WANTED.verdict(**_facts(attempt, handshake, TlsFailure("it ended the connection instead of answering")))


def _row(failure: TlsFailure, handshake: Handshake) -> Failure:
    if failure.received:
        return PLAIN if recognise(failure.received) == DICOM else FOREIGN
    if failure.verify_code:
        return VERIFICATIONS.get(failure.verify_code, UNTRUSTED)
    if failure.alert_by is Alert.THEIRS and failure.alert is not None:
        return _alerted(failure.alert, handshake)
    return REASONS.get(failure.reason, FAILED)


def _alerted(alert: int, handshake: Handshake) -> Failure:
    """By what this side did send: the peer cannot have refused anything else."""
    if handshake.misses_certificate and alert in {HANDSHAKE_FAILURE, *ABOUT_OURS}:
        return _WANTED
    if not handshake.client_certificate_sent and alert in ABOUT_OURS:
        return FAILED
    if alert == HANDSHAKE_FAILURE and handshake.peer_chain:
        # It has chosen a cipher before it sent its certificate.
        return _OURS_GIVEN_UP if handshake.client_certificate_sent else FAILED
    if alert == UNRECOGNIZED_NAME and not _is_name(handshake.server_name):
        return _NO_NAME
    return ALERTS.get(alert, FAILED)


def _is_name(server_name: str) -> bool:
    """Whether it is sent to the server: an address never is (RFC 6066 section 3)."""
    try:
        ip_address(server_name)
    except ValueError:
        return bool(server_name)
    return False


def _facts(attempt: Attempt, handshake: Handshake, failure: TlsFailure) -> dict[str, object]:
    own = handshake.peer_chain[0] if handshake.peer_chain else None
    detail = failure.words.strip().rstrip(".") or attempt.detail or "no more is known"
    if failure.alert_by is Alert.THEIRS and failure.alert is not None:
        detail = f"its alert is {alert_words(failure.alert)}"
        if failure.alert in ABOUT_OURS and not (
            handshake.client_certificate_asked or handshake.client_certificate_sent
        ):
            detail += ", though it asked this side for no certificate"
    return {
        "detail": detail,
        "what": recognise(failure.received) or "something that is not TLS",
        "subject": own.subject if own else "which it did not send",
        "issuer": own.issuer if own else "nobody",
        "names": ", ".join(own.names) if own and own.names else "no name at all",
        "not_before": f"{own.not_before:%Y-%m-%d}" if own and own.not_before else "a day that is not known",
        "not_after": f"{own.not_after:%Y-%m-%d}" if own and own.not_after else "a day that is not known",
        "key": own.key if own else "no key",
        "signature": own.signature if own else "no signature",
        "server_name": handshake.server_name or host_of(attempt.peer) or "the one called",
        "sent": "does not take the one it got" if handshake.client_certificate_sent else "got none",
    }
