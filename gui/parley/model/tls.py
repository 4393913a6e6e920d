"""TLS of one side: what it wants of a handshake (`Tls`), and what a handshake turned out to be (`Handshake`).

Values only. `parley.engine.tls` makes contexts of the first and tells the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from parley.model.secret import NO_SECRET, Secret

if TYPE_CHECKING:
    from datetime import datetime


class TlsProfile(Enum):
    """Which versions and ciphers are offered; the values are stable names in files.

    The first two are the secure transport profiles of PS3.15 sections B.12 and B.13.
    """

    BCP_195 = "bcp195"
    MODIFIED_BCP_195 = "modified-bcp195"
    CUSTOM = "custom"

    @property
    def words(self) -> str:
        """The profile's name."""
        return _PROFILE_WORDS[self]


_PROFILE_WORDS = {
    TlsProfile.BCP_195: "BCP 195 (RFC 8996, 9325)",
    TlsProfile.MODIFIED_BCP_195: "modified BCP 195 (RFC 8996, 9325)",
    TlsProfile.CUSTOM: "custom",
}


class TlsVersion(Enum):
    """Versions of the protocol, oldest first; the values are stable names in files."""

    TLS_1_0 = "1.0"
    TLS_1_1 = "1.1"
    TLS_1_2 = "1.2"
    TLS_1_3 = "1.3"


class ClientCertificate(Enum):
    """Whether an acceptor asks its callers for a certificate; the values are stable names in files."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Tls:
    """What one side wants of TLS.

    Attributes:
        minimum_version, maximum_version: of the custom profile; the others have their own.
        ciphers: OpenSSL's cipher list of the custom profile, up to TLS 1.2; empty is OpenSSL's default. The ciphers of
            TLS 1.3 are OpenSSL's.
        ca_file: PEM file of the certificates that are trusted; None is the system's store.
        certificate_file, key_file: this side's own, PEM, the certificate first in its chain; None is to have none.
            Without a key file the key is looked for in the certificate's.
        passphrase: of an encrypted key.
        server_name: of a requestor: the name that is sent to the server (SNI) and expected in its certificate, None
            for the host that is called, empty to send and expect none. Of an acceptor: the only name it goes by where
            a client names one; None or empty for any.
        alpn: whether the application protocol ``dicom`` is offered.
        verify: of a requestor: whether the server's certificate must be trusted, valid and of the right name. An
            acceptor always verifies the certificates that it asks for.
        client_certificate: of an acceptor.
    """

    profile: TlsProfile = TlsProfile.BCP_195
    minimum_version: TlsVersion = TlsVersion.TLS_1_2
    maximum_version: TlsVersion = TlsVersion.TLS_1_3
    ciphers: str = ""
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    passphrase: Secret = NO_SECRET
    server_name: str | None = None
    alpn: bool = True
    verify: bool = True
    client_certificate: ClientCertificate = ClientCertificate.NONE


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a person wants to know of a certificate.

    Attributes:
        subject, issuer: distinguished names as in RFC 4514, ``CN=pacs,O=Hospital``.
        names: the subject alternative names, ``DNS:pacs.example``, ``IP:10.0.0.7``.
        not_before, not_after: UTC; None where they cannot be read.
        key: kind and size, ``RSA 2048``.
        signature: the hash it was signed with, ``sha256``.
        fingerprint: SHA-256 in hexadecimal.
    """

    subject: str
    issuer: str = ""
    names: tuple[str, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    key: str = ""
    signature: str = ""
    fingerprint: str = ""


class Alert(Enum):
    """Which side sent an alert."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class TlsFailure:
    """Why there is no TLS, by whoever said so first.

    Attributes:
        words: in one line, for a person.
        reason: OpenSSL's name for it, ``CERTIFICATE_VERIFY_FAILED``; ``TIMEOUT``, ``CLOSED`` and ``RESET`` are ours.
        verify_code: why this side does not trust the peer's certificate, OpenSSL's ``X509_V_ERR_…``; 0 where it does.
        alert: the description of the fatal alert (RFC 8446 section 6); None where none was sent.
        alert_by: whose it is.
        received: the first bytes of the peer, when they are not TLS.
    """

    words: str
    reason: str = ""
    verify_code: int = 0
    alert: int | None = None
    alert_by: Alert | None = None
    received: bytes = b""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What is known of a handshake, completed or not.

    Attributes:
        version, cipher: as OpenSSL names them, ``TLSv1.3``, ``TLS_AES_256_GCM_SHA384``; empty before they are agreed.
        alpn: the application protocol agreed; empty for none.
        server_name: the name that the client sent (SNI); empty for none.
        peer_chain: the peer's certificates as it sent them, its own first.
        is_verified: whether the peer has a certificate, and this side has found it trusted and valid.
        client_certificate_asked, client_certificate_sent: by the acceptor, and to it.
        failure: None where TLS was established.
    """

    version: str = ""
    cipher: str = ""
    alpn: str = ""
    server_name: str = ""
    peer_chain: tuple[Certificate, ...] = ()
    is_verified: bool = False
    client_certificate_asked: bool = False
    client_certificate_sent: bool = False
    failure: TlsFailure | None = None

    @property
    def misses_certificate(self) -> bool:
        """Whether the acceptor has asked for a certificate and got none."""
        return self.client_certificate_asked and not self.client_certificate_sent

    @property
    def words(self) -> str:
        """One line for a person, without a full stop."""
        if self.failure is not None:
            return self.failure.words
        parts = [self.version, self.cipher]
        if self.alpn:
            parts.append(f"ALPN {self.alpn}")
        if self.peer_chain:
            parts.append(f"peer {self.peer_chain[0].subject} ({'verified' if self.is_verified else 'not verified'})")
        if self.client_certificate_asked:
            parts.append(f"client certificate asked and {'sent' if self.client_certificate_sent else 'none sent'}")
        return ", ".join(parts)
