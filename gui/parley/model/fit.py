"""What the fields of the wire can hold, whether the standard allows it or not, and the nearest to what does not fit.

Rule: nothing here raises or knows a handle. Text is sent as UTF-8; PDU values hold it one character per byte.
"""

from __future__ import annotations

from parley.ul.pdu import significant

AE_TITLE_LENGTH = 16
TEXT_LENGTH = 4096
ITEM_LENGTH = 0xFFFF
"""Bytes: of the AE title fields, of any other text that is sent, and of the longest item."""

CODE = range(0x100)
CONTEXT_ID = range(0x100)
OPERATIONS = range(0x10000)
PROTOCOL_VERSION = range(0x10000)
MAXIMUM_LENGTH = range(0x100000000)
"""Numbers of one byte, two and four."""


def nearest(number: int, field: range) -> int:
    """The number, or the end of the field's range that is nearest to it."""
    return min(max(number, field[0]), field[-1])


def text_field(text: str, length: int = TEXT_LENGTH) -> str:
    """Text as PDU values hold it: the first `length` bytes of its UTF-8."""
    return text.encode("utf-8", "surrogatepass")[:length].decode("latin-1")


def ae_title_field(text: str) -> str:
    """What a receiver will read in a title's field when this text is sent."""
    return text_field(text, AE_TITLE_LENGTH).rstrip(" ")


def uid_sent(text: str) -> str:
    """What a receiver will compare when this text is sent as a UID: without padding."""
    return significant(text if text.isascii() and len(text) <= TEXT_LENGTH else text_field(text))


def octets_field(data: bytes, length: int) -> bytes:
    """Exactly that many bytes: the first ones, filled up with zeros."""
    return data[:length].ljust(length, b"\0")
