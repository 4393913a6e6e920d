"""A-ASSOCIATE-RQs that are well framed and hold very many things: what one caller may do to the others.

`shapes` are about 1 MiB each, as much as this side takes; `legal` are such as the standard allows, or the limits do.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from parley.ul.limits import MIB

RESERVED = bytes(32)
HEAD = struct.pack(">HH", 1, 0) + b"PARLEY_SCP".ljust(16) + b"PARLEY_SCU".ljust(16) + RESERVED
VERIFICATION, IMPLICIT = b"1.2.840.10008.1.1", b"1.2.840.10008.1.2"


def item(code: int, body: bytes = b"") -> bytes:
    """An item, or a sub-item."""
    return struct.pack(">BBH", code, 0, len(body)) + body


def pdu(body: bytes) -> bytes:
    """An A-ASSOCIATE-RQ of these items."""
    return struct.pack(">BBL", 1, 0, len(HEAD) + len(body)) + HEAD + body


APPLICATION_CONTEXT = item(0x10, b"1.2.840.10008.3.1.1.1")
INFORMATION = item(0x50, item(0x51, struct.pack(">L", 16384)) + item(0x52, b"1.2.3"))
ABSTRACT, TRANSFER = item(0x30, VERIFICATION), item(0x40, IMPLICIT)


def context(number: int, *sub_items: bytes) -> bytes:
    """A proposed presentation context."""
    return item(0x20, bytes([number % 256, 0, 0, 0]) + b"".join(sub_items))


def role(number: int) -> bytes:
    """A role selection for a SOP class of its own."""
    uid = b"1.%d" % number
    return item(0x54, struct.pack(">H", len(uid)) + uid + b"\1\1")


def _filled(units: Iterable[bytes]) -> bytes:
    """As many of the units as 1 MiB has room for, between an application context and user information."""
    room = MIB - len(HEAD) - len(APPLICATION_CONTEXT) - len(INFORMATION)
    parts = []
    for unit in units:
        room -= len(unit)
        if room < 0:
            break
        parts.append(unit)
    return pdu(APPLICATION_CONTEXT + b"".join(parts) + INFORMATION)


def _again(unit: bytes) -> Iterator[bytes]:
    while True:
        yield unit


def _information(sub_item: bytes, count: int) -> bytes:
    return item(0x50, sub_item * count)


def shapes() -> dict[str, bytes]:
    """Requests of about 1 MiB by what there is too much of."""
    syntaxes = [item(0x40, b"1.%d" % number) for number in range(6000)]
    related = struct.pack(">HHH", 0, 0, 2 * 32_499) + bytes(2 * 32_499)
    units: dict[str, Iterable[bytes]] = {
        "empty contexts": _again(context(1)),
        "small contexts": _again(context(1, item(0x30, b"1.2"), item(0x40, b"1.2"))),
        "distinct contexts": (context(2 * n + 1, item(0x30, b"1.%d" % n), TRANSFER) for n in range(60_000)),
        "contexts of 9 350 transfer syntaxes": _again(context(1, ABSTRACT, item(0x40, b"1.2") * 9350)),
        "contexts of 6 000 distinct ones": _again(context(1, ABSTRACT, *syntaxes)),
        "contexts of 16 250 abstract syntaxes": _again(context(1, item(0x30) * 16_250)),
        "contexts with reserved bytes set": _again(item(0x20, b"\1\xff\xff\xff")),
        "contexts with UIDs of 32 000 digits": _again(context(1, item(0x30, b"9" * 32_000), item(0x40, b"9" * 32_000))),
        "unknown items": _again(item(0x99)),
        "distinct unknown items": (item(0x99, b"%d" % number) for number in range(200_000)),
        "application contexts": _again(APPLICATION_CONTEXT),
        "empty application contexts": _again(item(0x10)),
        "empty user informations": _again(item(0x50)),
        "8 000 maximum lengths each": _again(_information(item(0x51, bytes(4)), 8000)),
        "8 000 empty roles each": _again(_information(item(0x54, b"\0\0\1\1"), 8000)),
        "4 500 roles each": _again(item(0x50, b"".join(map(role, range(4500))))),
        "32 499 related classes each": _again(item(0x50, item(0x57, related))),
        "6 000 user identities each": _again(_information(item(0x58, b"\1\0\0\0\0\0"), 6000)),
        "16 000 unknown sub-items each": _again(_information(item(0x5F), 16_000)),
        "implementation class UIDs at the top": _again(item(0x52, b"\xff" * 65_000)),
        "version names of 65 000 escapes": _again(item(0x50, item(0x55, b"\x1b" * 65_000))),
        "answered contexts": _again(item(0x21, b"\1\0\0\0" + TRANSFER)),
        "operations windows at the top": _again(item(0x53, b"\0\1\0\1")),
    }
    return {name: _filled(each) for name, each in units.items()}


def proposing(contexts: int, transfer_syntaxes: int) -> bytes:
    """As many contexts as asked, each of a SOP class of its own."""
    syntaxes = b"".join(item(0x40, b"1.2.840.10008.1.2.4.%d" % number) for number in range(transfer_syntaxes))
    return pdu(
        APPLICATION_CONTEXT
        + b"".join(
            context(2 * number + 1, item(0x30, b"1.2.840.10008.5.1.4.1.1.%d" % number), syntaxes)
            for number in range(contexts)
        )
        + INFORMATION
    )


def legal() -> dict[str, bytes]:
    """Requests that are answered, with as much as the standard or the limits let through."""
    return {
        "128 contexts of 3 transfer syntaxes": proposing(128, 3),
        "128 contexts of 63 transfer syntaxes": proposing(128, 63),
        "19 000 related classes": pdu(
            APPLICATION_CONTEXT + item(0x50, item(0x57, struct.pack(">HHH", 0, 0, 38_000) + bytes(38_000)))
        ),
        "16 000 unknown sub-items": pdu(APPLICATION_CONTEXT + _information(item(0x5F), 16_000)),
        "19 000 unknown items": pdu(APPLICATION_CONTEXT + item(0x99) * 19_000 + INFORMATION),
    }
