"""Certificates of every kind that a TLS handshake can meet, made once a session."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC).replace(microsecond=0)
LOCAL_NAMES = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
PASSPHRASE = "open sesame"

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, in files."""

    certificate: x509.Certificate
    key: PrivateKey
    certificate_file: str
    key_file: str

    @property
    def files(self) -> dict[str, str]:
        """As a side's TLS settings want them."""
        return {"certificate_file": self.certificate_file, "key_file": self.key_file}


class Pki:
    """A CA and what it issues, each made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def ca(self) -> Pair:
        """Trusted by whom a test tells to."""
        return self.issue("ca", None, is_ca=True)

    @cached_property
    def other_ca(self) -> Pair:
        """Trusted by nobody."""
        return self.issue("other-ca", None, is_ca=True)

    @cached_property
    def server(self) -> Pair:
        """Good for localhost and 127.0.0.1."""
        return self.issue("server", self.ca)

    @cached_property
    def rsa_server(self) -> Pair:
        """The same with an RSA key."""
        return self.issue("rsa-server", self.ca, rsa.generate_private_key(65537, 2048))

    @cached_property
    def client(self) -> Pair:
        """Good for a client."""
        return self.issue("client", self.ca, names=())

    @cached_property
    def expired(self) -> Pair:
        """It ended yesterday."""
        return self.issue("expired", self.ca, start=NOW - timedelta(days=30), end=NOW - timedelta(days=1))

    @cached_property
    def future(self) -> Pair:
        """It begins tomorrow."""
        return self.issue("future", self.ca, start=NOW + timedelta(days=1), end=NOW + timedelta(days=9))

    @cached_property
    def self_signed(self) -> Pair:
        """Issued by itself."""
        return self.issue("self-signed", None)

    @cached_property
    def stranger(self) -> Pair:
        """Issued by a CA that nobody trusts."""
        return self.issue("stranger", self.other_ca)

    @cached_property
    def misnamed(self) -> Pair:
        """For another host."""
        return self.issue("misnamed", self.ca, names=(x509.DNSName("elsewhere.example"),))

    @cached_property
    def weak(self) -> Pair:
        """With an RSA key of 1024 bits."""
        return self.issue("weak", self.ca, rsa.generate_private_key(65537, 1024))

    @cached_property
    def locked(self) -> Pair:
        """Its key is encrypted."""
        return self.issue("locked", self.ca, passphrase=PASSPHRASE)

    def issue(
        self,
        name: str,
        issuer: Pair | None,
        key: PrivateKey | None = None,
        *,
        names: tuple[x509.GeneralName, ...] = LOCAL_NAMES,
        start: datetime = NOW - timedelta(days=1),
        end: datetime = NOW + timedelta(days=30),
        is_ca: bool = False,
        passphrase: str = "",
    ) -> Pair:
        """A pair in two files; None issues it to itself."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )
        if names and not is_ca:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        certificate = builder.sign(issuer.key if issuer else key, hashes.SHA256())
        certificate_file, key_file = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        encryption = (
            serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
        )
        form = serialization.PrivateFormat.PKCS8
        key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, encryption))
        return Pair(certificate, key, str(certificate_file), str(key_file))
