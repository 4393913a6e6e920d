"""X.509 certificates in words, for the log and for verdicts.

Never raises for what a peer has sent. The library that reads certificates is loaded with the first one.
"""

from __future__ import annotations

import hashlib
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from parley.model.tls import Certificate
from parley.ul.visible import one_line

if TYPE_CHECKING:
    from cryptography import x509

UNREADABLE = "a certificate that cannot be read"


@lru_cache(maxsize=64)
def describe(der: bytes) -> Certificate:
    """What is in a certificate of DER form; one that cannot be read has its fingerprint alone."""
    from cryptography import x509

    fingerprint = hashlib.sha256(der).hexdigest()
    try:
        with warnings.catch_warnings():
            # The library warns whoever runs this program of what a peer has done, such as a serial number below 1.
            warnings.simplefilter("ignore")
            certificate = x509.load_der_x509_certificate(der)
        return Certificate(
            one_line(certificate.subject.rfc4514_string()),
            one_line(certificate.issuer.rfc4514_string()),
            _names(certificate),
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            _key(certificate),
            certificate.signature_hash_algorithm.name if certificate.signature_hash_algorithm else "",
            fingerprint,
        )
    except Exception:  # whatever the library makes of a peer's bytes
        return Certificate(UNREADABLE, fingerprint=fingerprint)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    kinds: dict[type, str] = {x509.DNSName: "DNS", x509.IPAddress: "IP", x509.UniformResourceIdentifier: "URI"}
    return tuple(one_line(f"{kinds[type(name)]}:{name.value}") for name in extension.value if type(name) in kinds)


def _key(certificate: x509.Certificate) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ECDSA {key.curve.name}"
    return type(key).__name__.strip("_").removesuffix("PublicKey")
