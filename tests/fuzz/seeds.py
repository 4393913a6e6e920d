"""Writes the inputs that fuzzing begins with: `python -m tests.fuzz.seeds`. They are Parley's own work, and small."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from parley.dimse.echo import echo_request
from parley.dimse.message import fragments
from parley.dimse.store import store_request
from parley.engine.certificate_maker import make_test_certificates
from parley.exchange.files import Format, write
from parley.model.answers.words import PRESETS
from parley.model.build import accept_pdu, request_pdu
from parley.model.files.writer import new_text
from parley.model.handle import AcceptanceRules, AcceptorHandle, RequestorHandle
from parley.model.profile import LOOPBACK
from parley.model.samples import sample_profiles
from parley.ul.codec import encode
from tests.fuzz.targets import CORPUS
from tests.harness.dicom import CT, EXPLICIT, IMPLICIT, JPEG, write_file
from tests.harness.odd import ACCEPTANCES, REQUESTS
from tests.harness.samples import PDUS

REQUEST = request_pdu(RequestorHandle())
ACCEPT = accept_pdu(AcceptorHandle(), AcceptanceRules(), REQUEST)
ECHO = b"".join(map(encode, fragments(echo_request(1, 1), 64)))
STORE = b"".join(map(encode, fragments(store_request(1, 2, CT, "1.2.3", 10, 0), 64)))


def plain_pdus() -> Iterator[tuple[str, bytes]]:
    for kind, each in PDUS.items():
        yield kind.words, encode(each)


def pdus() -> Iterator[tuple[str, bytes]]:
    yield from plain_pdus()
    for name, each in {**REQUESTS, **ACCEPTANCES}.items():
        yield name, each if isinstance(each, bytes) else encode(each)


def machines() -> Iterator[tuple[str, bytes]]:
    def came(data: bytes) -> bytes:
        pieces = (data[start : start + 200] for start in range(0, len(data), 200))
        return b"".join(bytes([len(piece)]) + piece for piece in pieces if len(piece) >= 16) or b""

    yield "acceptor", b"\x00\x00" + came(encode(REQUEST)) + b"\x05" + came(ECHO) + b"\x08\x03"
    yield "requestor", b"\x80\x04\x01" + came(encode(ACCEPT)) + b"\x07\x08\x0a\x02"


def profiles() -> Iterator[tuple[str, bytes]]:
    yield "loopback", new_text(LOOPBACK).encode()
    for number, each in enumerate(sample_profiles()):
        yield f"sample {number}", new_text(each).encode()


def imports() -> Iterator[tuple[str, bytes]]:
    texts = [("Loopback.toml", new_text(LOOPBACK))]
    for form in Format:
        yield form.value, write([LOOPBACK], texts, form).data
    yield "json comments", b'// peers\n{"DicomModalities": {"ct": ["CT", "192.0.2.1", 104]}} /* end */'


def files() -> Iterator[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        for number, syntax in enumerate((EXPLICIT, IMPLICIT, JPEG)):
            yield syntax, write_file(Path(folder, f"{number}.dcm"), 64, transfer_syntax=syntax).read_bytes()


def certificates() -> Iterator[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        made = make_test_certificates(Path(folder))
        der = load_pem_x509_certificate(made.server.read_bytes()).public_bytes(Encoding.DER)
    entry = len(der).to_bytes(3, "big") + der
    yield "der", der
    yield "tls 1.2", len(entry).to_bytes(3, "big") + entry
    yield "tls 1.3", b"\0" + (len(entry) + 2).to_bytes(3, "big") + entry + b"\0\0"


def typed() -> Iterator[tuple[str, bytes]]:
    for number, preset in enumerate(PRESETS[::4]):
        yield f"answer {number}", preset.text.encode()
    for number, text in enumerate(("~calling CT* & !~tls", "~addr 10.0.0.0/8 | ~hour 20..6", '(a "b c") ~count >3')):
        yield f"expression {number}", text.encode()


def others() -> Iterator[tuple[str, bytes]]:
    yield "client hello", bytes.fromhex("16030100c8010000c40303") + bytes(189)
    yield "alert", bytes.fromhex("15030100020246")
    yield "http", b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
    yield "ssh", b"SSH-2.0-OpenSSH_9.2p1\r\n"
    yield "mllp", b"\x0bMSH|^~\\&|\x1c\r"


SEEDS = {
    "pdu": pdus,
    "machine": machines,
    "message": lambda: iter([("echo", ECHO), ("store", STORE)]),
    "event": plain_pdus,
    "profile": profiles,
    "imported": imports,
    "part10": files,
    "certificate": certificates,
    "words": typed,
    "foreign": others,
}
MOST_BYTES = 4096


def main() -> None:
    """Write what is not there yet."""
    for target, make in SEEDS.items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in make():
            path = folder / "".join(letter if letter.isalnum() else "_" for letter in name)
            if len(data) <= MOST_BYTES and not path.exists():
                path.write_bytes(data)


if __name__ == "__main__":
    main()
