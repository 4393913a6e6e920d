"""TLS contexts of what a side wants, made so that whatever is wrong with its files is said before anybody connects.

The profiles are those of PS3.15 sections B.12 and B.13 as far as OpenSSL, through Python, lets them be set: the cipher
suites of TLS 1.3 are its own. Its security level 2 is what enforces RSA keys of 2048 bits, ECDSA keys of 224 and no
SHA-1 in certificates.
"""

from __future__ import annotations

import re
import ssl
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from parley.engine.certificates import describe
from parley.engine.tls_trace import TracedObject, trace
from parley.model.files.regular import read_regular
from parley.model.system_errors import error_words
from parley.model.tls import ClientCertificate, Tls, TlsProfile, TlsVersion

ALPN = "dicom"

MOST_BYTES = 4 << 20
"""Of a file with certificates or a key; all that a system trusts take a tenth."""

CIPHERS = {
    TlsProfile.BCP_195: "ECDHE+AESGCM:@SECLEVEL=2",
    TlsProfile.MODIFIED_BCP_195: (
        "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AESCCM:ECDHE+CAMELLIA:DHE+aRSA+AESGCM:@SECLEVEL=2"
    ),
}
"""OpenSSL's cipher lists for TLS 1.2."""

OLD_CIPHERS = "DEFAULT@SECLEVEL=0"
"""What OpenSSL 3 needs to speak TLS 1.0 and 1.1 at all."""

VERSIONS = {
    TlsVersion.TLS_1_0: ssl.TLSVersion.TLSv1,
    TlsVersion.TLS_1_1: ssl.TLSVersion.TLSv1_1,
    TlsVersion.TLS_1_2: ssl.TLSVersion.TLSv1_2,
    TlsVersion.TLS_1_3: ssl.TLSVersion.TLSv1_3,
}
VERIFY_MODES = {
    ClientCertificate.NONE: ssl.CERT_NONE,
    ClientCertificate.OPTIONAL: ssl.CERT_OPTIONAL,
    ClientCertificate.REQUIRED: ssl.CERT_REQUIRED,
}


class TlsSetupError(Exception):
    """TLS cannot be used with these settings; the text, without a full stop, is for a person."""


@dataclass(frozen=True, slots=True)
class Security:
    """A context that is ready, and what goes with it.

    Attributes:
        server_name: what a requestor sends and expects; None for nothing.
        notes: sentences about what is likely to fail at the other side, such as an own certificate that has expired.
    """

    context: ssl.SSLContext
    server_name: str | None = None
    notes: tuple[str, ...] = ()


def requestor_security(tls: Tls, host: str) -> Security:
    """What a requestor needs to call that host. It reads files, which takes time.

    Raises:
        TlsSetupError: a file, a name or a cipher list cannot be used.
    """
    context = _context(ssl.PROTOCOL_TLS_CLIENT, tls)
    server_name = (host if tls.server_name is None else tls.server_name).rstrip(".") or None
    context.check_hostname = tls.verify and server_name is not None
    context.verify_mode = ssl.CERT_REQUIRED if tls.verify else ssl.CERT_NONE
    if tls.verify:
        _trust(context, tls)
    notes = _identify(context, tls)
    try:
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=server_name)
    except ValueError as error:
        raise TlsSetupError(f"{server_name!r} cannot be a server's name") from error
    return Security(context, server_name, notes)


def acceptor_security(tls: Tls) -> Security:
    """What an acceptor needs. It reads files, which takes time.

    Raises:
        TlsSetupError: a file or a cipher list cannot be used.
    """
    if not tls.certificate_file:
        raise TlsSetupError("an acceptor with TLS needs a certificate and its key, and no certificate file is given")
    context = _context(ssl.PROTOCOL_TLS_SERVER, tls)
    context.verify_mode = VERIFY_MODES[tls.client_certificate]
    if tls.client_certificate is not ClientCertificate.NONE:
        _trust(context, tls)
    # Every connection tells its whole handshake: nothing is resumed.
    context.num_tickets = 0
    expected = (tls.server_name or "").lower()

    def name_called(called: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> int | None:
        assert isinstance(called, TracedObject)
        called.trace.server_name = name or ""
        is_wrong = bool(name and expected and name.lower() != expected)
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME if is_wrong else None

    context.sni_callback = name_called
    return Security(context, notes=_identify(context, tls))


# --- versions and ciphers --------------------------------------------------------------------------------------------


def _context(protocol: ssl._SSLMethod, tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.sslobject_class = TracedObject
    trace(context)
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    if tls.profile is TlsProfile.CUSTOM:
        _set_versions(context, tls.minimum_version, tls.maximum_version)
        is_old = tls.minimum_version in {TlsVersion.TLS_1_0, TlsVersion.TLS_1_1}
        ciphers = tls.ciphers.strip() or (OLD_CIPHERS if is_old else "")
    else:
        _set_versions(context, TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)
        ciphers = CIPHERS[tls.profile]
    if ciphers:
        try:
            context.set_ciphers(ciphers)
        except ssl.SSLError as error:
            raise TlsSetupError(f"OpenSSL knows no cipher of the list {ciphers!r}") from error
    if tls.alpn:
        context.set_alpn_protocols([ALPN])
    return context


def _set_versions(context: ssl.SSLContext, minimum: TlsVersion, maximum: TlsVersion) -> None:
    versions = list(TlsVersion)
    if versions.index(minimum) > versions.index(maximum):
        raise TlsSetupError(f"the oldest version, TLS {minimum.value}, is newer than the newest, {maximum.value}")
    with warnings.catch_warnings():
        # Old versions are deprecated, which is why somebody wants to see what a peer makes of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            context.minimum_version = VERSIONS[minimum]
            context.maximum_version = VERSIONS[maximum]
        except ValueError as error:
            text = f"this machine's OpenSSL does not offer TLS {minimum.value} to {maximum.value}"
            raise TlsSetupError(text) from error


# --- files -----------------------------------------------------------------------------------------------------------


def _trust(context: ssl.SSLContext, tls: Tls) -> None:
    # An engineer who lists a peer's own certificate, or its issuer's, trusts that one: it need not be a root.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if not tls.ca_file:
        context.load_default_certs()
        return
    _text_of(tls.ca_file, "CA", "CERTIFICATE")
    try:
        context.load_verify_locations(tls.ca_file)
    except (ssl.SSLError, OSError) as error:
        raise TlsSetupError(f"the CA file {tls.ca_file} holds no certificate that can be read") from error


def _identify(context: ssl.SSLContext, tls: Tls) -> tuple[str, ...]:
    """Load the own certificate and key, where there are any; returns what is noteworthy about the certificate."""
    if not tls.certificate_file:
        if tls.key_file:
            raise TlsSetupError(f"there is a key file, {tls.key_file}, but no certificate file to go with it")
        return ()
    certificate = _text_of(tls.certificate_file, "certificate", "CERTIFICATE")
    if tls.key_file:
        key = _text_of(tls.key_file, "key", "PRIVATE KEY")
    elif "PRIVATE KEY-----" in certificate:
        key = certificate
    else:
        raise TlsSetupError(f"no key file is given, and {tls.certificate_file} holds no key either")
    if tls.passphrase.is_unfetched:
        raise TlsSetupError("the passphrase of the key has not been fetched from the key store")
    is_encrypted = "ENCRYPTED" in key
    if is_encrypted and not tls.passphrase:
        raise TlsSetupError(f"the key {tls.key_file or tls.certificate_file} is encrypted, and no passphrase is given")
    try:
        # With a password OpenSSL never asks for one on the terminal.
        context.load_cert_chain(tls.certificate_file, tls.key_file or None, tls.passphrase.data)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise TlsSetupError(_load_words(error, tls, is_encrypted=is_encrypted)) from None
    return tuple(_certificate_notes(certificate))


LOAD_ERRORS = {
    "KEY_VALUES_MISMATCH": "the key {key} does not belong to the certificate {certificate}",
    "EE_KEY_TOO_SMALL": "the key of the certificate {certificate} is too short for this TLS profile, which wants RSA "
    "2048 or ECDSA 224 at least",
    "CA_KEY_TOO_SMALL": "a certificate of the chain in {certificate} has a key that is too short for this TLS profile",
    "CA_MD_TOO_WEAK": "the certificate {certificate} is signed with a hash, such as SHA-1, that is too weak for this "
    "TLS profile",
    "EE_MD_TOO_WEAK": "the certificate {certificate} is signed with a hash that is too weak for this TLS profile",
}
"""By OpenSSL's reason."""


def _load_words(error: Exception, tls: Tls, *, is_encrypted: bool) -> str:
    reason = getattr(error, "reason", None) or ""
    files = {"key": tls.key_file or tls.certificate_file, "certificate": tls.certificate_file}
    if reason in LOAD_ERRORS:
        return LOAD_ERRORS[reason].format(**files)
    if is_encrypted:
        return f"the passphrase does not open the key {files['key']}"
    return (
        f"the certificate {files['certificate']} and the key {files['key']} cannot be used: one of the files is "
        f"damaged, or the key is another certificate's"
    )


def _text_of(path: str, what: str, label: str) -> str:
    """The text of a PEM file.

    Raises:
        TlsSetupError: it is not there, may not be read, or is no PEM of that label.
    """
    try:
        data = read_regular(Path(path), MOST_BYTES)
    except FileNotFoundError:
        raise TlsSetupError(f"the {what} file {path} does not exist") from None
    except OSError as error:
        raise TlsSetupError(f"the {what} file {path} cannot be read: {error_words(error)}") from None
    except ValueError:
        raise TlsSetupError(f"the {what} file {path!r} cannot be a file's name") from None
    if f"{label}-----".encode() in data:
        return data.decode("utf-8", "replace")
    if data.startswith(b"\x30"):
        raise TlsSetupError(
            f"the {what} file {path} is binary, DER or PKCS #12: convert it to PEM with openssl x509, pkey or pkcs12"
        )
    raise TlsSetupError(f"the {what} file {path} is not PEM: it has no line -----BEGIN {label}-----")


def _certificate_notes(text: str) -> Iterator[str]:
    # OpenSSL takes other labels too, such as X509 CERTIFICATE.
    block = re.search(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", text, re.DOTALL)
    if block is None:
        return
    certificate = describe(ssl.PEM_cert_to_DER_cert(block[0]))
    now = datetime.now(UTC)
    if certificate.not_after is not None and certificate.not_after < now:
        yield f"This side's own certificate expired on {certificate.not_after:%Y-%m-%d}: the peer will refuse it."
    if certificate.not_before is not None and certificate.not_before > now:
        yield f"This side's own certificate is not valid before {certificate.not_before:%Y-%m-%d}."
