"""DICOM files for tests: real ones to every reader, of any size, made quickly."""

from __future__ import annotations

import struct
from pathlib import Path

from parley.model.part10 import file_head

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
IMPLICIT, EXPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"
JPEG = "1.2.840.10008.1.2.4.50"

_LONG = {"OB", "OW", "UN"}


def _element(tag: int, vr: str, value: bytes, *, explicit: bool) -> bytes:
    value += (b"\0" if vr in {"UI", "OB", "UN"} else b" ") * (len(value) % 2)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    if not explicit:
        return head + struct.pack("<L", len(value)) + value
    if vr in _LONG:
        return head + vr.encode() + struct.pack("<HL", 0, len(value)) + value
    return head + vr.encode() + struct.pack("<H", len(value)) + value


def data_set(sop_class: str, instance: str, pixels: bytes, transfer_syntax: str = EXPLICIT) -> bytes:
    """The encoded data set of an object; compressed ones hold the pixels as one fragment, whatever they are."""
    explicit = transfer_syntax != IMPLICIT
    elements = [
        (0x00080016, "UI", sop_class.encode()),
        (0x00080018, "UI", instance.encode()),
        (0x00080060, "CS", b"CT"),
        (0x00100010, "PN", b"Nobody"),
        (0x00100020, "LO", b"0"),
        (0x0020000D, "UI", b"1.2.3.4"),
        (0x0020000E, "UI", b"1.2.3.4.1"),
    ]
    body = b"".join(_element(tag, vr, value, explicit=explicit) for tag, vr, value in elements)
    if transfer_syntax in {IMPLICIT, EXPLICIT}:
        return body + _element(0x7FE00010, "OB", pixels, explicit=explicit)
    pixels += b"\0" * (len(pixels) % 2)
    item, end = struct.pack("<HHL", 0xFFFE, 0xE000, len(pixels)) + pixels, struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    empty = struct.pack("<HHL", 0xFFFE, 0xE000, 0)
    return body + struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF) + empty + item + end


def write_file(
    path: Path, size: int = 40_000, *, sop_class: str = CT, instance: str = "", transfer_syntax: str = EXPLICIT
) -> Path:
    """A file whose pixels have that many bytes; its instance UID follows from its name where none is given."""
    instance = instance or "1.2.3." + ".".join(str(letter) for letter in path.stem.encode())
    pixels = bytes(range(256)) * (size // 256) + bytes(size % 256)
    head = file_head(sop_class, instance, transfer_syntax, "TESTS")
    path.write_bytes(head + data_set(sop_class, instance, pixels, transfer_syntax))
    return path


def data_set_of(path: Path) -> bytes:
    """What follows the file meta information, by its own length."""
    content = path.read_bytes()
    (length,) = struct.unpack_from("<L", content, 140)
    return content[144 + length :]
