"""What can be known to be wrong or risky in a side's TLS before anybody connects. No file is read.

What the files turn out to hold is said by `parley.engine.tls`, which reads them.
"""

from __future__ import annotations

from parley.model.problems.problem import Problems, error, warning
from parley.model.tls import ClientCertificate, Tls, TlsProfile, TlsVersion

OUTDATED = {TlsVersion.TLS_1_0, TlsVersion.TLS_1_1}
"""Withdrawn by RFC 8996."""


def requestor_tls_problems(tls: Tls) -> Problems:
    """Of a side that calls."""
    if tls.key_file and not tls.certificate_file:
        text = "There is a key without the certificate that it belongs to."
        yield error("tls.certificate_file", text, "Give the PEM file of the certificate, or leave the key out.")
    yield from _version_problems(tls)
    if not tls.verify:
        text = "Anybody can answer: the server's certificate is not verified, so what is sent may go to a stranger."
        yield warning("tls.verify", text, "Verify it, and name the CA file in which the peer's CA or certificate is.")


def acceptor_tls_problems(tls: Tls) -> Problems:
    """Of a side that is called."""
    if not tls.certificate_file:
        text = "An acceptor cannot speak TLS without a certificate of its own."
        yield error("tls.certificate_file", text, "Give the PEM file of its certificate, and of its key.")
    yield from _version_problems(tls)
    if tls.client_certificate is not ClientCertificate.NONE and not tls.ca_file:
        text = "Client certificates are checked against the system's store, which seldom knows a hospital's own CA."
        yield warning("tls.ca_file", text, "Give the PEM file of the CA that issues the clients' certificates.")


def _version_problems(tls: Tls) -> Problems:
    """Of the custom profile, for the others have versions of their own."""
    if tls.profile is not TlsProfile.CUSTOM:
        return
    versions = list(TlsVersion)
    oldest, newest = tls.minimum_version, tls.maximum_version
    if versions.index(oldest) > versions.index(newest):
        text = f"No version is between {oldest.value} and {newest.value}."
        yield error("tls.maximum_version", text, "Let the newest version be no older than the oldest.")
    elif newest in OUTDATED:
        text = f"TLS {newest.value} is withdrawn (RFC 8996): peers that follow BCP 195 refuse it."
        yield warning("tls.maximum_version", text, "Use TLS 1.2 or 1.3, unless the peer knows no other.")
    elif oldest in OUTDATED:
        text = f"TLS {oldest.value} is withdrawn (RFC 8996): it no longer keeps what is sent secret for certain."
        yield warning("tls.minimum_version", text, "Begin with TLS 1.2, unless the peer knows no other.")
