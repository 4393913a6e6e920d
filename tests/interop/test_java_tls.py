"""TLS with Java's own stack, on which dcm4che and the archives made of it stand: what it says of a certificate."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from parley.model.attempt import AttemptEnd
from parley.model.event import EventKind as K
from parley.model.tls import Tls, TlsProfile, TlsVersion
from tests.harness import process
from tests.interop.test_tls_peers import ask

SOURCE = Path(process.__file__).with_name("TlsServer.java")
ONLY_12 = {"profile": TlsProfile.CUSTOM, "maximum_version": TlsVersion.TLS_1_2}

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(shutil.which("javac") is None, reason="there is no Java that compiles"),
]


@pytest.fixture(scope="module")
def java(pki, tmp_path_factory):
    """A server that wants a client certificate, and trusts whom Java trusts."""
    store = tmp_path_factory.mktemp("java") / "server.p12"
    pair = pki.server
    lock = BestAvailableEncryption(b"changeit")
    store.write_bytes(pkcs12.serialize_key_and_certificates(b"server", pair.key, pair.certificate, None, lock))
    with process.serving(lambda port: ["java", str(SOURCE), str(port), str(store)]) as server:
        yield server


@pytest.mark.parametrize("versions", [{}, ONLY_12], ids=["newest", "1.2"])
def test_it_misses_our_certificate_whatever_its_alert_says(run, pki, java, versions):
    attempt, verdict, _, record = ask(run, java.port, Tls(ca_file=pki.ca.certificate_file, **versions))
    assert attempt.end is AttemptEnd.TLS_FAILED
    assert attempt.handshake.failure.alert in {40, 42, 116}
    assert verdict.code == "tls_certificate_required"
    assert "got none" in verdict.cause
    assert "after it had asked for a certificate and got none" in record.of(K.TLS_FAILED)[0].text


@pytest.mark.parametrize("versions", [{}, ONLY_12], ids=["newest", "1.2"])
def test_it_refuses_the_one_it_gets(run, pki, java, versions):
    tls = Tls(ca_file=pki.ca.certificate_file, **pki.client.files, **versions)
    attempt, verdict, _, record = ask(run, java.port, tls)
    assert attempt.end is AttemptEnd.TLS_FAILED
    assert attempt.handshake.failure.alert in {42, 46, 48}
    assert verdict.code == "tls_own_certificate_refused"
    assert "got none" not in record.of(K.TLS_FAILED)[0].text
