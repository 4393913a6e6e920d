"""The head of a DICOM file (PS3.10 section 7.1): preamble, prefix and file meta information, to bytes and back.

Rule: no file is opened here, and of a data set no more is read than says which object it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from parley.model.handle import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME

PREAMBLE = bytes(128)
PREFIX = b"DICM"
START = len(PREAMBLE) + len(PREFIX)
DEFLATED = "1.2.840.10008.1.2.1.99"
DEFLATED_SYNTAXES = frozenset({DEFLATED, "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"})
"""Transfer syntaxes whose whole data set is deflated; an odd one is padded with one zero byte (PS3.5 section A.5)."""

SOP_CLASS, SOP_INSTANCE = 0x00080016, 0x00080018
_GROUP_LENGTH, _VERSION, _CLASS, _INSTANCE = 0x00020000, 0x00020001, 0x00020002, 0x00020003
_TRANSFER_SYNTAX, _IMPLEMENTATION, _VERSION_NAME, _SOURCE = 0x00020010, 0x00020012, 0x00020013, 0x00020016

_TAG = struct.Struct("<HH")
_SHORT, _LONG = struct.Struct("<H"), struct.Struct("<L")
_LONG_VRS = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
_UNDEFINED = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class FileMeta:
    """What a file says of its data set before that begins; texts are empty where it does not.

    Attributes:
        end: offset at which the data set begins.
    """

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    end: int


def file_head(sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str, source_ae_title: str) -> bytes:
    """All that stands in a file before a data set that was received in this transfer syntax.

    Args:
        source_ae_title: of the peer that sent it; left out where it is empty.
    """
    elements = [
        _element(_VERSION, b"OB", b"\0\1"),
        _element(_CLASS, b"UI", _padded(sop_class_uid, b"\0")),
        _element(_INSTANCE, b"UI", _padded(sop_instance_uid, b"\0")),
        _element(_TRANSFER_SYNTAX, b"UI", _padded(transfer_syntax_uid, b"\0")),
        _element(_IMPLEMENTATION, b"UI", _padded(IMPLEMENTATION_CLASS_UID, b"\0")),
        _element(_VERSION_NAME, b"SH", _padded(IMPLEMENTATION_VERSION_NAME, b" ")),
    ]
    if source_ae_title:
        elements.append(_element(_SOURCE, b"AE", _padded(source_ae_title, b" ")))
    body = b"".join(elements)
    return PREAMBLE + PREFIX + _element(_GROUP_LENGTH, b"UL", _LONG.pack(len(body))) + body


def _padded(text: str, pad: bytes) -> bytes:
    data = text.encode("latin-1", "replace")
    return data + pad * (len(data) % 2)


def _element(tag: int, vr: bytes, value: bytes) -> bytes:
    length = bytes(2) + _LONG.pack(len(value)) if vr in _LONG_VRS else _SHORT.pack(len(value))
    return _TAG.pack(tag >> 16, tag & 0xFFFF) + vr + length + value


def read_file_meta(head: bytes) -> FileMeta | None:
    """The file meta information at the beginning of a file; None where there is none, or where it goes on too long."""
    if head[len(PREAMBLE) : START] != PREFIX:
        return None
    texts: dict[int, str] = {}
    end, declared_end = START, 0
    for tag, value, stop in elements(head, START, explicit=True):
        if tag >> 16 != 2:
            break
        end = stop
        if tag == _GROUP_LENGTH and len(value) == _LONG.size:
            declared_end = stop + _LONG.unpack(value)[0]
        else:
            texts[tag] = uid_text(value)
        if end == declared_end and texts.get(_TRANSFER_SYNTAX) == DEFLATED:
            # What follows is no element, though it may look like one.
            break
    following = head[end : end + 2]
    if end == START or (end != declared_end and following in {b"", b"\2\0"}):
        return None
    sop_class, sop_instance, transfer_syntax = (texts.get(tag, "") for tag in (_CLASS, _INSTANCE, _TRANSFER_SYNTAX))
    return FileMeta(sop_class, sop_instance, transfer_syntax, end)


def uid_text(value: bytes) -> str:
    """A UID without its padding."""
    return value.decode("latin-1").strip("\0 ")


def elements(data: bytes, offset: int, *, explicit: bool) -> Iterator[tuple[int, bytes, int]]:
    """Tag, value and end of each element in little endian, until the bytes end or no more sense can be made of them."""
    while offset + 8 <= len(data):
        group, number = _TAG.unpack_from(data, offset)
        start = offset + 8
        if not explicit:
            (length,) = _LONG.unpack_from(data, offset + 4)
        elif (vr := data[offset + 4 : offset + 6]) in _LONG_VRS:
            start = offset + 12
            if start > len(data):
                return
            (length,) = _LONG.unpack_from(data, offset + 8)
        elif vr.isalpha() and vr.isupper():
            (length,) = _SHORT.unpack_from(data, offset + 6)
        else:
            return
        offset = start + length
        if length == _UNDEFINED or offset > len(data):
            return
        yield group << 16 | number, data[start:offset], offset
