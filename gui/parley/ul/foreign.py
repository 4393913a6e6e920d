"""What bytes are that are no DICOM PDU: the protocols that turn up on a DICOM port when an address or port is wrong."""

from __future__ import annotations

from collections.abc import Callable

_TLS_CONTENT = {
    0x14: "a TLS change of cipher",
    0x15: "a TLS alert",
    0x16: "a TLS handshake",
    0x17: "TLS application data",
}
_TLS_HANDSHAKE = {0x01: "a TLS ClientHello", 0x02: "a TLS ServerHello"}
TLS_ALERTS = {
    0: "close notify",
    10: "unexpected message",
    20: "bad record MAC",
    22: "record overflow",
    40: "handshake failure",
    42: "bad certificate",
    43: "unsupported certificate",
    44: "certificate revoked",
    45: "certificate expired",
    46: "certificate unknown",
    47: "illegal parameter",
    48: "unknown certificate authority",
    49: "access denied",
    50: "decode error",
    51: "decrypt error",
    70: "protocol version",
    71: "insufficient security",
    80: "internal error",
    86: "inappropriate fallback",
    90: "user cancelled",
    109: "missing extension",
    110: "unsupported extension",
    112: "unrecognized name",
    116: "certificate required",
    120: "no application protocol",
}

_HTTP_METHODS = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"DELETE ", b"OPTIONS ", b"CONNECT ", b"TRACE ", b"PATCH ")


def alert_words(number: int) -> str:
    """What a TLS alert says (RFC 8446 section 6)."""
    return TLS_ALERTS.get(number, f"number {number}")


def _tls(data: bytes) -> str:
    if len(data) < 2 or data[0] not in _TLS_CONTENT or data[1] != 0x03:
        return ""
    if data[0] == 0x16 and len(data) > 5:
        return _TLS_HANDSHAKE.get(data[5], "a TLS handshake")
    if data[0] == 0x15 and len(data) > 6 and data[3:5] == b"\0\2":
        return f"a TLS alert ({alert_words(data[6])})"
    return _TLS_CONTENT[data[0]]


def _http(data: bytes) -> str:
    if data.startswith(b"HTTP"):
        return "an HTTP response"
    if data.startswith(b"PRI * HTTP/2"):
        return "an HTTP/2 client"
    return "an HTTP request" if data.startswith(_HTTP_METHODS) else ""


def _hl7(data: bytes) -> str:
    if data.startswith(b"\x0b"):
        return "an HL7 MLLP frame"
    return "an HL7 message without its MLLP frame" if data.startswith((b"MSH|", b"FHS|", b"BHS|")) else ""


def _banner(data: bytes) -> str:
    if data.startswith(b"SSH-"):
        return "an SSH banner"
    if data.startswith((b"220 ", b"220-")):
        return "an SMTP or FTP greeting"
    if data.startswith((b"EHLO", b"HELO")):
        return "an SMTP client"
    if data.startswith(b"RFB 0"):
        return "a VNC banner"
    return "a Telnet negotiation" if data[:1] == b"\xff" and data[1:2] >= b"\xfa" else ""


def _other(data: bytes) -> str:
    if data.startswith(b"\x03\0") and data[5:6] == b"\xe0":
        return "a Remote Desktop connection request"
    if data.startswith((b"PROXY ", b"\r\n\r\n\0\r\nQUIT\n")):
        return "a load balancer's PROXY header"
    if data[128:132] == b"DICM":
        return "a DICOM file, which is not a DICOM message"
    return ""


_RECOGNISERS: tuple[Callable[[bytes], str], ...] = (_tls, _http, _hl7, _banner, _other)
_LOOKED_AT = 132


def _is_text(data: bytes) -> bool:
    return all(32 <= byte < 127 or byte in b"\t\r\n" for byte in data)


def recognise(data: bytes | bytearray | memoryview) -> str:
    """What a stream that begins with these bytes looks like, for example ``an HTTP response``.

    Some hundred bytes are looked at. A beginning of A-ASSOCIATE or any other PDU is ``a DICOM PDU``, plain text is
    quoted, and what nothing is known about is empty.
    """
    start = bytes(data[:_LOOKED_AT])
    for recogniser in _RECOGNISERS:
        if words := recogniser(start):
            return words
    if start[:1] and 1 <= start[0] <= 7:
        return "a DICOM PDU"
    if len(start) >= 4 and _is_text(start):
        lines = start.strip()[:24].decode("ascii").splitlines()
        return f'text beginning with "{lines[0]}"' if lines else "blank text"
    return ""
