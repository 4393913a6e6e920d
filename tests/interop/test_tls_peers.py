"""TLS with programs that nobody here wrote: DCMTK, pynetdicom, and OpenSSL's own client and server."""

from __future__ import annotations

import asyncio
import re
import shutil

import pytest

from parley.diagnosis import diagnose
from parley.engine.engine import Engine
from parley.engine.tasks import spawn
from parley.model.attempt import AttemptEnd
from parley.model.event import EventKind as K
from parley.model.profile import RequestorSide
from parley.model.tls import Alert, ClientCertificate, Tls, TlsProfile, TlsVersion
from parley.ul.codes import VERIFICATION
from tests.harness.process import run_to_end, serving
from tests.harness.record import Record
from tests.interop.ends import EXPLICIT, IMPLICIT, answering, asking

pytestmark = pytest.mark.interop
dcmtk = pytest.mark.dcmtk
openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no program openssl")

ECHO = [[VERIFICATION, [IMPLICIT, EXPLICIT]]]
ONLY_12 = {"profile": TlsProfile.CUSTOM, "maximum_version": TlsVersion.TLS_1_2}


def trusting(pki, **facts):
    return Tls(ca_file=pki.ca.certificate_file, **facts)


def shake_hands(run, port, tls):
    """Our requestor calls a peer that speaks TLS and no DICOM; the handshake."""

    async def play():
        record = Record()
        engine = Engine(record)
        asking = spawn(engine.requestor(RequestorSide(port=port, tls=tls)).associate(), name="ask")
        await record.wait_for(K.TLS_ESTABLISHED)
        await engine.close(grace=0)
        return (await asking).handshake

    return run(play())


def ask(run, port, tls, then=()):
    """Our requestor calls; the attempt, its verdict, what `then` gave, and all that was recorded."""

    async def play():
        async with asking(port, tls=tls) as ours:
            results = [await getattr(ours.association, step)() for step in then]
            return ours.attempt, diagnose(ours.attempt), results, ours.record

    return run(play())


def call(run, arguments, tls):
    """A program calls our acceptor; how it ended, and what we recorded."""

    async def play():
        async with answering(tls=tls) as ours:
            finished = await run_to_end(*arguments(ours.port))
            await ours.record.wait_for(K.CLOSED)
            return finished, ours.record

    return run(play())


# --- DCMTK -----------------------------------------------------------------------------------------------------------


def storescp(pair, pki, *options):
    def arguments(port):
        own = ["+tls", pair.key_file, pair.certificate_file]
        return ["storescp", "-v", *own, "+cf", pki.ca.certificate_file, *options, str(port)]

    return serving(arguments)


def echoscu(pki, *options):
    def arguments(port):
        return ["echoscu", "-v", "+cf", pki.ca.certificate_file, *options, "localhost", port]

    return arguments


@dcmtk
@pytest.mark.parametrize("profile", [TlsProfile.BCP_195, TlsProfile.MODIFIED_BCP_195])
@pytest.mark.parametrize("theirs", ["+py", "+px"])
def test_storescp_is_echoed_with_certificates_on_both_sides(run, pki, profile, theirs):
    with storescp(pki.rsa_server, pki, theirs) as server:
        tls = trusting(pki, profile=profile, **pki.client.files)
        attempt, _, (echo, was_released), record = ask(run, server.port, tls, ("echo", "release"))
    assert attempt.end is AttemptEnd.ESTABLISHED
    assert (echo.status, was_released) == (0, True)
    (event,) = record.of(K.TLS_ESTABLISHED)
    assert event.handshake.is_verified
    assert event.handshake.peer_chain[0].subject == "CN=rsa-server"
    assert (event.handshake.client_certificate_asked, event.handshake.client_certificate_sent) == (True, True)
    assert event.handshake.version in {"TLSv1.2", "TLSv1.3"}


@dcmtk
@pytest.mark.parametrize("versions", [{}, ONLY_12], ids=["newest", "1.2"])
def test_storescp_misses_our_certificate(run, pki, versions):
    with storescp(pki.rsa_server, pki) as server:
        attempt, verdict, _, _ = ask(run, server.port, trusting(pki, **versions))
    assert attempt.end in {AttemptEnd.TLS_FAILED, AttemptEnd.CLOSED_BY_PEER, AttemptEnd.RESET_BY_PEER}
    assert verdict.code == "tls_certificate_required"


@dcmtk
@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ("expired", "tls_certificate_expired"),
        ("self_signed", "tls_self_signed"),
        ("stranger", "tls_unknown_ca"),
        ("misnamed", "tls_name_mismatch"),
    ],
)
def test_what_we_do_not_take_of_storescp(run, pki, pair, code):
    with storescp(getattr(pki, pair), pki, "-ic") as server:
        attempt, verdict, _, _ = ask(run, server.port, trusting(pki))
    assert attempt.end is AttemptEnd.TLS_FAILED
    assert verdict.code == code


@dcmtk
def test_plain_and_secured_with_dcmtk(run, pki):
    with serving(lambda port: ["storescp", "-v", str(port)]) as plain:
        _, verdict, _, _ = ask(run, plain.port, trusting(pki))
    assert verdict.code in {"tls_closed", "tls_reset", "tls_peer_plain"}
    with storescp(pki.rsa_server, pki) as secured:
        _, verdict, _, _ = ask(run, secured.port, None)
    assert "TLS" in verdict.cause + verdict.remedy


@dcmtk
@pytest.mark.parametrize("wanted", [ClientCertificate.NONE, ClientCertificate.REQUIRED])
def test_echoscu_echoes_over_tls(run, pki, wanted):
    tls = trusting(pki, **pki.rsa_server.files, client_certificate=wanted)
    own = ("+tls", pki.client.key_file, pki.client.certificate_file)
    finished, record = call(run, echoscu(pki, *own), tls)
    assert finished.code == 0, finished.output
    assert "Received Echo Response (Success)" in finished.output
    (event,) = record.of(K.TLS_ESTABLISHED)
    assert event.handshake.client_certificate_sent == (wanted is ClientCertificate.REQUIRED)
    assert K.RELEASED in record.kinds(1)


@dcmtk
def test_echoscu_without_a_certificate(run, pki):
    tls = trusting(pki, **pki.rsa_server.files)
    finished, _ = call(run, echoscu(pki, "+tla"), tls)
    assert finished.code == 0, finished.output

    required = trusting(pki, **pki.rsa_server.files, client_certificate=ClientCertificate.REQUIRED)
    finished, record = call(run, echoscu(pki, "+tla"), required)
    assert finished.code != 0
    (event,) = record.of(K.TLS_FAILED)
    assert event.handshake.failure.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"


@dcmtk
@pytest.mark.parametrize(("pair", "alert"), [("expired", 45), ("stranger", 48)])
def test_what_echoscu_does_not_take_of_us(run, pki, pair, alert):
    finished, record = call(run, echoscu(pki, "+tla"), Tls(**getattr(pki, pair).files))
    assert finished.code != 0
    (event,) = record.of(K.TLS_FAILED)
    assert (event.handshake.failure.alert, event.handshake.failure.alert_by) == (alert, Alert.THEIRS)


@dcmtk
def test_a_plain_echoscu_at_our_tls_port(run, pki):
    finished, record = call(run, lambda port: ["echoscu", "-v", "localhost", port], Tls(**pki.server.files))
    assert finished.code != 0
    assert record.of(K.TLS_FAILED)[0].text == "the peer sent a DICOM PDU in place of a TLS handshake"


@dcmtk
def test_a_secured_echoscu_at_our_plain_port(run, pki):
    finished, record = call(run, echoscu(pki, "+tla"), None)
    assert finished.code != 0
    assert record.of(K.MALFORMED)[0].data[:2] == b"\x16\x03"


# --- pynetdicom ------------------------------------------------------------------------------------------------------


def files(pki, pair=None, *, ca=True):
    found = {"ca": pki.ca.certificate_file} if ca else {}
    return found | ({"certificate": pair.certificate_file, "key": pair.key_file} if pair else {})


def test_pynetdicom_is_echoed(run, pki, pynetdicom):
    with pynetdicom.serving(contexts=ECHO, tls=files(pki, pki.server)) as port:
        tls = trusting(pki, **pki.client.files)
        attempt, _, (echo, was_released), _ = ask(run, port, tls, ("echo", "release"))
    assert (echo.status, was_released) == (0, True)
    assert attempt.handshake.version == "TLSv1.3"
    assert attempt.handshake.client_certificate_sent


@pytest.mark.parametrize("pair", [None, "stranger", "expired"])
def test_pynetdicom_refuses_our_certificate(run, pki, pynetdicom, pair):
    own = getattr(pki, pair).files if pair else {}
    with pynetdicom.serving(contexts=ECHO, tls=files(pki, pki.server)) as port:
        attempt, verdict, _, _ = ask(run, port, trusting(pki, **own, **ONLY_12))
    assert attempt.end is AttemptEnd.TLS_FAILED
    codes = {None: "required", "stranger": "own_certificate_refused", "expired": "own_certificate_expired"}
    assert verdict.code.endswith(codes[pair])


@pytest.mark.parametrize("own", ["client", None])
def test_pynetdicom_calls_us(run, pki, pynetdicom, own):
    async def play():
        wanted = ClientCertificate.REQUIRED if own else ClientCertificate.NONE
        tls = trusting(pki, **pki.server.files, client_certificate=wanted)
        async with answering(tls=tls) as ours:
            pair = getattr(pki, own) if own else None
            command = {"contexts": ECHO, "then": ["echo", "release"], "tls": files(pki, pair)}
            pynetdicom.tell("associate", port=ours.listener.port, **command)
            outcome = await asyncio.to_thread(pynetdicom.hear, "outcome")
            await ours.record.wait_for(K.CLOSED)
            return outcome, ours.record

    outcome, record = run(play())
    assert outcome["statuses"] == [0]
    (event,) = record.of(K.TLS_ESTABLISHED)
    assert event.handshake.server_name == "localhost"
    assert event.handshake.client_certificate_sent == (own is not None)
    assert K.RELEASED in record.kinds(1)


# --- OpenSSL ---------------------------------------------------------------------------------------------------------


def s_server(pair, *options):
    own = ["-cert", pair.certificate_file, "-key", pair.key_file]
    # Without -www it would end with its standard input.
    return serving(lambda port: ["openssl", "s_server", "-www", "-accept", f"127.0.0.1:{port}", *own, *options])


def s_client(pki, *options):
    ca = ("-CAfile", pki.ca.certificate_file)
    return lambda port: ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *ca, *options]


@openssl
@pytest.mark.parametrize(("option", "version"), [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
def test_s_server_agrees_with_us_in_each_version(run, pki, option, version):
    with s_server(pki.server, option, "-alpn", "dicom") as server:
        handshake = shake_hands(run, server.port, trusting(pki))
    assert (handshake.version, handshake.alpn) == (version, "dicom")
    assert handshake.is_verified
    assert handshake.failure is None


@openssl
@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("-tls1_3",), "tls_no_common_version"),
        (("-alpn", "http/1.1"), "tls_alpn_refused"),
        (("-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"), "tls_no_common_cipher"),
        (("-tls1_2", "-Verify", "1"), "tls_certificate_required"),
    ],
)
def test_what_s_server_refuses(run, pki, options, code):
    with s_server(pki.server, *options) as server:
        tls = trusting(pki, ciphers="ECDHE+AESGCM", **ONLY_12)
        attempt, verdict, _, _ = ask(run, server.port, tls)
    assert attempt.end is AttemptEnd.TLS_FAILED
    assert verdict.code == code


@openssl
@pytest.mark.parametrize(
    ("versions", "pair", "code", "alert"),
    [
        (ONLY_12, None, "tls_certificate_required", 40),
        ({}, None, "tls_certificate_required", 116),
        (ONLY_12, "stranger", "tls_own_certificate_refused", 48),
        ({}, "stranger", "tls_own_certificate_refused", 48),
        ({}, "expired", "tls_own_certificate_expired", 45),
    ],
)
def test_what_s_server_says_of_our_certificate(run, pki, versions, pair, code, alert):
    strict = ("-Verify", "1", "-verify_return_error", "-CAfile", pki.ca.certificate_file)
    with s_server(pki.server, *strict) as server:
        own = getattr(pki, pair).files if pair else {}
        attempt, verdict, _, _ = ask(run, server.port, trusting(pki, **versions, **own))
    assert (attempt.handshake.failure.alert, verdict.code) == (alert, code)


@openssl
def test_a_weak_key_of_s_server(run, pki):
    with s_server(pki.weak, "-cipher", "DEFAULT@SECLEVEL=0") as server:
        _, verdict, _, _ = ask(run, server.port, trusting(pki))
        assert verdict.code == "tls_certificate_weak"
        assert "RSA 1024" in verdict.cause
        lenient = trusting(pki, profile=TlsProfile.CUSTOM, ciphers="DEFAULT@SECLEVEL=0")
        handshake = shake_hands(run, server.port, lenient)
    assert handshake.is_verified


@openssl
@pytest.mark.parametrize(("option", "version"), [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
def test_s_client_agrees_with_us(run, pki, option, version):
    tls = Tls(**pki.server.files)
    finished, record = call(run, s_client(pki, option, "-alpn", "dicom", "-servername", "pacs.example"), tls)
    (event,) = record.of(K.TLS_ESTABLISHED)
    assert (event.handshake.version, event.handshake.alpn) == (version, "dicom")
    assert event.handshake.server_name == "pacs.example"
    assert "Verify return code: 0 (ok)" in finished.output
    assert "ALPN protocol: dicom" in finished.output
    assert re.search(rf"{version}, Cipher is {event.handshake.cipher}", finished.output)


@openssl
@pytest.mark.parametrize("option", ["-tls1", "-tls1_1"])
def test_s_client_gets_no_old_version_of_us(run, pki, option):
    tls = Tls(**pki.server.files)
    finished, record = call(run, s_client(pki, option, "-cipher", "DEFAULT@SECLEVEL=0"), tls)
    assert "protocol version" in finished.output
    assert record.of(K.TLS_FAILED)[0].handshake.failure.reason == "UNSUPPORTED_PROTOCOL"


@openssl
def test_s_client_gets_tls_1_0_where_a_custom_profile_says_so(run, pki):
    tls = Tls(profile=TlsProfile.CUSTOM, minimum_version=TlsVersion.TLS_1_0, **pki.server.files)
    _, record = call(run, s_client(pki, "-tls1", "-cipher", "DEFAULT@SECLEVEL=0"), tls)
    (event,) = record.of(K.TLS_ESTABLISHED)
    assert event.handshake.version == "TLSv1"
