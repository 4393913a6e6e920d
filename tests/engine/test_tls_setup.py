"""What is wrong with a side's TLS files and values is said in words before anybody connects."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from parley.engine.certificates import UNREADABLE, describe
from parley.engine.engine import Engine
from parley.engine.errors import ListenError
from parley.engine.tls import TlsSetupError, acceptor_security, requestor_security
from parley.engine.tls_trace import certificate_list
from parley.model.attempt import AttemptEnd
from parley.model.event import EventKind as K
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import ClientCertificate, Tls, TlsProfile, TlsVersion
from tests.harness.clock import ManualClock
from tests.harness.pki import PASSPHRASE
from tests.harness.record import Record

CUSTOM = {"profile": TlsProfile.CUSTOM}


def refusal(make, *arguments):
    with pytest.raises(TlsSetupError) as error:
        make(*arguments)
    assert not str(error.value).endswith(".")
    return str(error.value)


def written(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return str(path)


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["certificate_file", "key_file", "ca_file"])
def test_a_file_that_is_not_there(pki, field):
    facts = {**pki.server.files, field: "/nowhere/it.pem"}
    assert "file /nowhere/it.pem does not exist" in refusal(requestor_security, Tls(**facts), "pacs")


@pytest.mark.parametrize("field", ["certificate_file", "key_file", "ca_file"])
@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\x30\x82\1\2", "is binary, DER or PKCS #12"), (b"hello", "is not PEM"), (b"", "is not PEM"), (None, "cannot")],
)
def test_a_file_of_another_kind(pki, tmp_path, field, data, words):
    path = str(tmp_path) if data is None else written(tmp_path, "file.pem", data)
    assert words in refusal(requestor_security, Tls(**{**pki.server.files, field: path}), "pacs")


@pytest.mark.parametrize(
    ("field", "label"), [("certificate_file", "CERTIFICATE"), ("key_file", "PRIVATE KEY"), ("ca_file", "CERTIFICATE")]
)
def test_a_damaged_file(pki, tmp_path, field, label):
    path = written(tmp_path, "file.pem", f"-----BEGIN {label}-----\nnonsense\n-----END {label}-----\n".encode())
    words = refusal(requestor_security, Tls(**{**pki.server.files, field: path}), "pacs")
    assert "can be read" in words or "is damaged" in words


def test_a_key_of_another_certificate(pki):
    tls = Tls(certificate_file=pki.server.certificate_file, key_file=pki.client.key_file)
    assert "does not belong to the certificate" in refusal(acceptor_security, tls)
    tls = Tls(certificate_file=pki.server.certificate_file, key_file=pki.rsa_server.key_file)
    assert "another certificate's" in refusal(acceptor_security, tls)


def test_a_key_without_certificate_and_the_other_way_round(pki):
    assert "no certificate file" in refusal(requestor_security, Tls(key_file=pki.server.key_file), "pacs")
    tls = Tls(certificate_file=pki.server.certificate_file)
    assert "holds no key either" in refusal(acceptor_security, tls)
    assert "needs a certificate" in refusal(acceptor_security, Tls())


def test_both_in_one_file(pki, tmp_path):
    both = b"".join(Path(path).read_bytes() for path in pki.server.files.values())
    tls = Tls(certificate_file=written(tmp_path, "both.pem", both))
    assert acceptor_security(tls).notes == ()


@pytest.mark.parametrize("label", ["X509 CERTIFICATE", "TRUSTED CERTIFICATE"])
def test_a_certificate_under_another_label_that_openssl_takes(pki, tmp_path, label):
    text = Path(pki.server.certificate_file).read_text().replace("CERTIFICATE", label)
    path = written(tmp_path, "own.pem", text.encode())
    assert acceptor_security(Tls(certificate_file=path, key_file=pki.server.key_file)).notes == ()


@pytest.mark.parametrize("field", ["certificate_file", "key_file", "ca_file"])
def test_what_cannot_be_a_files_name(pki, field):
    assert "cannot be a file's name" in refusal(requestor_security, Tls(**{**pki.server.files, field: "a\0b"}), "pacs")


@pytest.mark.parametrize(
    ("passphrase", "words"),
    [
        (Secret(), "is encrypted, and no passphrase is given"),
        (Secret.of("guess"), "the passphrase does not open the key"),
        (Secret(reference="somewhere"), "has not been fetched"),
    ],
)
def test_the_wrong_passphrase(pki, passphrase, words):
    said = refusal(acceptor_security, Tls(**pki.locked.files, passphrase=passphrase))
    assert words in said
    assert "guess" not in said


def test_the_right_one(pki):
    acceptor_security(Tls(**pki.locked.files, passphrase=Secret.of(PASSPHRASE)))


def test_an_own_weak_key(pki):
    assert "too short for this TLS profile" in refusal(acceptor_security, Tls(**pki.weak.files))
    acceptor_security(Tls(**pki.weak.files, ciphers="DEFAULT@SECLEVEL=0", **CUSTOM))


def test_own_dates_are_remarked_on(pki):
    (note,) = acceptor_security(Tls(**pki.expired.files)).notes
    assert "expired on" in note
    (note,) = requestor_security(Tls(**pki.future.files), "pacs").notes
    assert "not valid before" in note


# --- versions, ciphers, names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", [TlsProfile.BCP_195, TlsProfile.MODIFIED_BCP_195])
def test_a_profile_has_its_versions_and_ciphers(profile):
    context = requestor_security(Tls(profile=profile, minimum_version=TlsVersion.TLS_1_0, ciphers="NULL"), "p").context
    assert (context.minimum_version, context.maximum_version) == (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    assert context.security_level == 2
    names = [cipher["name"] for cipher in context.get_ciphers() if cipher["protocol"] == "TLSv1.2"]
    assert "ECDHE-RSA-AES256-GCM-SHA384" in names
    assert all("ECDHE" in name or "DHE-RSA" in name for name in names)
    assert ("ECDHE-RSA-CHACHA20-POLY1305" in names) == (profile is TlsProfile.MODIFIED_BCP_195)


def test_old_versions_only_on_request():
    tls = Tls(minimum_version=TlsVersion.TLS_1_0, maximum_version=TlsVersion.TLS_1_1, **CUSTOM)
    context = requestor_security(tls, "pacs").context
    assert (context.minimum_version, context.maximum_version) == (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
    assert context.security_level == 0


def test_what_cannot_be_offered():
    upside_down = Tls(minimum_version=TlsVersion.TLS_1_3, maximum_version=TlsVersion.TLS_1_2, **CUSTOM)
    assert "is newer than" in refusal(requestor_security, upside_down, "pacs")
    assert "no cipher of the list 'NONSENSE'" in refusal(requestor_security, Tls(ciphers="NONSENSE", **CUSTOM), "pacs")
    for name in (".leading.dot", "x" * 70):
        assert "cannot be a server's name" in refusal(requestor_security, Tls(server_name=name), "pacs")


def test_whom_a_requestor_expects():
    assert requestor_security(Tls(), "pacs.example.").server_name == "pacs.example"
    assert requestor_security(Tls(server_name="other"), "pacs").server_name == "other"
    nobody = requestor_security(Tls(server_name=""), "pacs")
    assert (nobody.server_name, nobody.context.check_hostname) == (None, False)
    assert nobody.context.verify_mode is ssl.CERT_REQUIRED
    careless = requestor_security(Tls(verify=False), "pacs")
    assert (careless.server_name, careless.context.verify_mode) == ("pacs", ssl.CERT_NONE)


def test_whom_an_acceptor_asks(pki):
    sides = [Tls(**pki.server.files, client_certificate=wanted) for wanted in ClientCertificate]
    modes = [acceptor_security(tls).context.verify_mode for tls in sides]
    assert modes == [ssl.CERT_NONE, ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED]


# --- told through the engine -----------------------------------------------------------------------------------------


def test_a_listener_says_it_in_its_error(run):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        with pytest.raises(ListenError) as error:
            await engine.listen(AcceptorSide(port=0, tls=Tls(certificate_file="/nowhere/it.pem")))
        await engine.close()
        return error.value

    error = run(play())
    assert error.strerror == "the certificate file /nowhere/it.pem does not exist"
    (event,) = record.of(K.LISTEN_FAILED)
    assert event.text == error.strerror


def test_an_attempt_ends_before_anything_is_sent(run):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        attempt = await engine.requestor(RequestorSide(tls=Tls(ca_file="/nowhere/it.pem"))).associate()
        await engine.close()
        return attempt

    attempt = run(play())
    assert (attempt.end, attempt.steps) == (AttemptEnd.NOT_SENT, ())
    assert attempt.detail == "the CA file /nowhere/it.pem does not exist"
    assert K.RESOLVING not in record.kinds(1)
    assert record.kinds(1)[-1] is K.CLOSED


# --- reading what peers send -----------------------------------------------------------------------------------------


def test_a_certificate_that_cannot_be_read_has_its_fingerprint():
    certificate = describe(b"nonsense")
    assert (certificate.subject, certificate.not_after) == (UNREADABLE, None)
    assert len(certificate.fingerprint) == 64


def test_nothing_in_a_name_breaks_a_line(pki):
    hostile = pki.issue("hostile", pki.ca, names=(x509.DNSName("a\nb\x1b[2J"),))
    (name,) = describe(hostile.certificate.public_bytes(Encoding.DER)).names
    assert name == r"DNS:a\x0ab\x1b[2J"


@pytest.mark.parametrize("is_1_3", [True, False])
@pytest.mark.parametrize("body", [b"", b"\0", b"\xff" * 9, b"\0\0\0\5\0\0\2ab", b"\0" * 40])
def test_any_certificate_message_can_be_read(body, is_1_3):
    assert all(isinstance(der, bytes) for der in certificate_list(body, is_1_3=is_1_3))
