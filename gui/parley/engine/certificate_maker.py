"""Certificates for tests: a small CA and a pair for a server and for a client, ready for both panels.

Nobody should trust them outside a test: whoever has the folder can issue more.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from parley.model.files.private import make_folder
from parley.model.system_errors import error_words

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

NAMES = ("localhost", "127.0.0.1", "::1")
KEY_SIZE = 2048
DAYS = 365
SECRET_MODE = 0o600


class CertificateFilesError(OSError):
    """The files could not be written; the text, without a full stop, is for a person."""


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where the files are; the CA's key is there to issue more."""

    ca: Path
    ca_key: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path


def existing_certificates(folder: Path) -> CertificateFiles | None:
    """Those that were made there before; None unless they are all there."""
    files = _files_in(folder)
    return files if all(path.exists() for path in _paths(files)) else None


def make_test_certificates(folder: Path, names: Sequence[str] = NAMES) -> CertificateFiles:
    """Make a CA, a server's pair for these host names and addresses, and a client's pair, valid for a year.

    RSA keys, as not every DICOM device takes others. It takes about a second: not for an event loop. A file that is
    there is never overwritten, and none is written when one of them is.

    Raises:
        CertificateFilesError: a file exists already, the folder cannot be written, or a name cannot be one.
    """
    files = _files_in(folder)
    paths = _paths(files)
    if existing := [path.name for path in paths if path.exists()]:
        raise CertificateFilesError(f"{folder} has {', '.join(existing)} already, which stay as they are")
    alternatives = [_name(name) for name in names]

    ca_key = _key()
    ca = _issue("Parley test CA", ca_key, None, ())
    pairs = {"ca": (ca, ca_key)}
    for kind, about in (("server", alternatives), ("client", [])):
        key = _key()
        pairs[kind] = (_issue(f"Parley test {kind}", key, (ca, ca_key), about), key)
    texts = [text for pair in pairs.values() for text in _pem(*pair)]
    try:
        make_folder(folder)
        for path, text in zip(paths, texts, strict=True):
            _write(path, text, is_secret=path.name.endswith(".key.pem"))
    except OSError as error:
        raise CertificateFilesError(f"{folder} cannot be written: {error_words(error)}") from error
    return files


def _files_in(folder: Path) -> CertificateFiles:
    stems = ("ca", "ca.key", "server", "server.key", "client", "client.key")
    return CertificateFiles(*(folder / f"test-{stem}.pem" for stem in stems))


def _paths(files: CertificateFiles) -> tuple[Path, ...]:
    return files.ca, files.ca_key, files.server, files.server_key, files.client, files.client_key


def _name(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name.encode("idna").decode("ascii"))
    except UnicodeError as error:
        raise CertificateFilesError(f"{name!r} cannot be the name of a host") from error


def _key() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(65537, KEY_SIZE)


def _issue(
    common_name: str,
    key: RSAPrivateKey,
    issuer: tuple[x509.Certificate, RSAPrivateKey] | None,
    names: Sequence[x509.GeneralName],
) -> x509.Certificate:
    """Sign a certificate; without an issuer it is a CA's own."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    issuer_name, issuer_key = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
    # Clocks of devices are seldom right: a day is allowed for.
    start = datetime.now(UTC) - timedelta(days=1)
    is_ca = issuer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=0 if is_ca else None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_ca,
                content_commitment=False,
                key_encipherment=not is_ca,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_ca,
                crl_sign=is_ca,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not is_ca:
        # Either may play both parts: many devices have one certificate for what they call and for what they answer.
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _pem(certificate: x509.Certificate, key: RSAPrivateKey) -> tuple[bytes, bytes]:
    from cryptography.hazmat.primitives import serialization

    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(pem), private


def _write(path: Path, data: bytes, *, is_secret: bool) -> None:
    """Write a new file; one that appeared in the meantime is an error."""
    mode = SECRET_MODE if is_secret else 0o644
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
