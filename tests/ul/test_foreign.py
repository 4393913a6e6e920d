"""Which protocols are told by their first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.ul.codec import encode
from parley.ul.foreign import recognise
from parley.ul.pdu import Pdu
from tests.harness.strategies import pdus
from tests.ul.golden import GOLDEN, Golden

CLIENT_HELLO = bytes.fromhex("16 03 01 02 00 01 00 01 FC 03 03")
SERVER_HELLO = bytes.fromhex("16 03 03 00 7A 02 00 00 76 03 03")
CERTIFICATE_REQUIRED = bytes.fromhex("15 03 03 00 02 02 74")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", ""),
        (CLIENT_HELLO, "a TLS ClientHello"),
        (SERVER_HELLO, "a TLS ServerHello"),
        (CLIENT_HELLO[:5], "a TLS handshake"),
        (bytes.fromhex("16 03 03 00 7A 0B"), "a TLS handshake"),
        (CERTIFICATE_REQUIRED, "a TLS alert (certificate required)"),
        (bytes.fromhex("15 03 01 00 02 02 46"), "a TLS alert (protocol version)"),
        (bytes.fromhex("15 03 01 00 02 02 FE"), "a TLS alert (number 254)"),
        (CERTIFICATE_REQUIRED[:6], "a TLS alert"),
        (bytes.fromhex("17 03 03 00 20"), "TLS application data"),
        (b"HTTP/1.1 400 Bad Request\r\n", "an HTTP response"),
        (b"GET / HTTP/1.1\r\n", "an HTTP request"),
        (b"POST /dicom-web/studies HTTP/1.1\r\n", "an HTTP request"),
        (b"PRI * HTTP/2.0\r\n", "an HTTP/2 client"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "an SSH banner"),
        (b"220 mail.example.org ESMTP\r\n", "an SMTP or FTP greeting"),
        (b"220-Welcome\r\n", "an SMTP or FTP greeting"),
        (b"EHLO there\r\n", "an SMTP client"),
        (b"RFB 003.008\n", "a VNC banner"),
        (b"\xff\xfd\x18\xff\xfd\x20", "a Telnet negotiation"),
        (b"\x0bMSH|^~\\&|", "an HL7 MLLP frame"),
        (b"MSH|^~\\&|", "an HL7 message without its MLLP frame"),
        (bytes.fromhex("03 00 00 13 0E E0 00 00"), "a Remote Desktop connection request"),
        (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "a load balancer's PROXY header"),
        (bytes(128) + b"DICM", "a DICOM file, which is not a DICOM message"),
        (b"\r\nlogin: ", 'text beginning with "login:"'),
        (b"\r\n\r\n\r\n", "blank text"),
        (b"\xfe\xed\xfa\xce", ""),
        (b"ab", ""),
    ],
)
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_first_bytes(data: bytes, words: str, kind: type):
    assert recognise(kind(data)) == words


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_pdus_are_told_from_all_else(golden: Golden):
    assert recognise(golden.data) == "a DICOM PDU"


@given(pdus)
def test_no_pdu_is_taken_for_something_else(pdu: Pdu):
    assert recognise(encode(pdu)) in {"a DICOM PDU", "a DICOM file, which is not a DICOM message"}


@given(st.binary(max_size=200))
def test_any_bytes_have_an_answer(data: bytes):
    assert isinstance(recognise(data), str)
