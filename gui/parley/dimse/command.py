"""Command sets (PS3.7 section 6.3.1 and Annex E): group 0000 in Implicit VR Little Endian, whatever the context says.

Rule: what a peer sends is kept even where it is odd; only bytes that cannot be split into elements are an error.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Final

from parley.dimse.codes import NO_DATA_SET, CommandField
from parley.dimse.errors import MessageError
from parley.ul.errors import LocalProtocolError

Value = int | str | bytes | tuple[int, ...]

ELEMENTS: Final[dict[int, tuple[str, str]]] = {
    0x0000: ("CommandGroupLength", "UL"),
    0x0002: ("AffectedSOPClassUID", "UI"),
    0x0003: ("RequestedSOPClassUID", "UI"),
    0x0100: ("CommandField", "US"),
    0x0110: ("MessageID", "US"),
    0x0120: ("MessageIDBeingRespondedTo", "US"),
    0x0600: ("MoveDestination", "AE"),
    0x0700: ("Priority", "US"),
    0x0800: ("CommandDataSetType", "US"),
    0x0900: ("Status", "US"),
    0x0901: ("OffendingElement", "AT"),
    0x0902: ("ErrorComment", "LO"),
    0x0903: ("ErrorID", "US"),
    0x1000: ("AffectedSOPInstanceUID", "UI"),
    0x1001: ("RequestedSOPInstanceUID", "UI"),
    0x1002: ("EventTypeID", "US"),
    0x1005: ("AttributeIdentifierList", "AT"),
    0x1008: ("ActionTypeID", "US"),
    0x1020: ("NumberOfRemainingSuboperations", "US"),
    0x1021: ("NumberOfCompletedSuboperations", "US"),
    0x1022: ("NumberOfFailedSuboperations", "US"),
    0x1023: ("NumberOfWarningSuboperations", "US"),
    0x1030: ("MoveOriginatorApplicationEntityTitle", "AE"),
    0x1031: ("MoveOriginatorMessageID", "US"),
}
"""Keyword and VR by element number of group 0000 (PS3.7 Table E.1-1); the retired elements have no name here."""

_BY_KEYWORD: Final = {keyword: (number, vr) for number, (keyword, vr) in ELEMENTS.items()}
_NUMBERS: Final = {"US": struct.Struct("<H"), "UL": struct.Struct("<L")}
_HEADER: Final = struct.Struct("<HHL")
_GROUP_LENGTH: Final = "CommandGroupLength"


class CommandSet(Mapping[str, Value]):
    """An immutable command set: values by keyword.

    Numbers are ints, texts lose their padding, a list of tags is a tuple of ``group << 16 | element``. An element
    without a keyword stands under its tag, such as ``(0000,0001)``, and one whose length does not suit its VR has
    bytes. The group length is no part of the mapping: encoding computes it.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = {keyword: value for keyword, value in values.items() if keyword != _GROUP_LENGTH}

    def __getitem__(self, keyword: str) -> Value:
        return self._values[keyword]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return f"CommandSet({self._values!r})"

    def number(self, keyword: str) -> int | None:
        """A number's value; None where the element is missing or is no number."""
        value = self._values.get(keyword)
        return value if isinstance(value, int) else None

    def text(self, keyword: str) -> str:
        """A text's value; empty where the element is missing or is no text."""
        value = self._values.get(keyword)
        return value if isinstance(value, str) else ""

    @property
    def field(self) -> CommandField | None:
        """Which message this is; None where the peer does not say."""
        number = self.number("CommandField")
        return None if number is None else CommandField(number)

    @property
    def has_data_set(self) -> bool:
        """Whether a data set follows (PS3.7 section 6.3.1); without the element none does."""
        return self.number("CommandDataSetType") not in {None, NO_DATA_SET}

    @property
    def sop_class_uid(self) -> str:
        """The affected, else the requested, SOP class; empty where there is none."""
        return self.text("AffectedSOPClassUID") or self.text("RequestedSOPClassUID")

    @property
    def sop_instance_uid(self) -> str:
        """The affected, else the requested, SOP instance; empty where there is none."""
        return self.text("AffectedSOPInstanceUID") or self.text("RequestedSOPInstanceUID")


# --- encoding --------------------------------------------------------------------------------------------------------


def encode_command(command: Mapping[str, Value]) -> bytes:
    """The bytes of a command set: elements in ascending order behind a group length that is computed.

    Raises:
        LocalProtocolError: for a keyword that is none, or a value that does not fit its VR.
    """
    elements = []
    for keyword, value in command.items():
        if keyword == _GROUP_LENGTH:
            continue
        group, number, vr = _tag(keyword)
        elements.append((group, number, _value_bytes(keyword, vr, value)))
    body = b"".join(_HEADER.pack(group, number, len(data)) + data for group, number, data in sorted(elements))
    return _HEADER.pack(0, 0, 4) + _NUMBERS["UL"].pack(len(body)) + body


def _tag(keyword: str) -> tuple[int, int, str]:
    if keyword in _BY_KEYWORD:
        number, vr = _BY_KEYWORD[keyword]
        return 0, number, vr
    group, _, number_text = keyword.strip("()").partition(",")
    try:
        return int(group, 16), int(number_text, 16), "UN"
    except ValueError:
        raise LocalProtocolError(f"{keyword} is no element of a command set.") from None


def _value_bytes(keyword: str, vr: str, value: Value) -> bytes:
    try:
        if isinstance(value, bytes):
            return value
        if isinstance(value, str) and vr in {"UI", "AE", "LO"}:
            data = value.encode("latin-1")
            return data + (b"\0" if vr == "UI" else b" ") * (len(data) % 2)
        if isinstance(value, int) and vr in _NUMBERS:
            return _NUMBERS[vr].pack(value)
        if isinstance(value, tuple) and vr == "AT":
            return b"".join(struct.pack("<HH", tag >> 16, tag & 0xFFFF) for tag in value)
    except (struct.error, UnicodeEncodeError):
        pass
    raise LocalProtocolError(f"{value!r} is no value for {keyword}, which is of VR {vr}.")


# --- decoding --------------------------------------------------------------------------------------------------------


def decode_command(data: bytes) -> CommandSet:
    """The command set that these bytes are; of an element that comes twice the first counts.

    Raises:
        MessageError: when they end in the middle of an element.
    """
    values: dict[str, Value] = {}
    offset = 0
    while offset < len(data):
        if offset + _HEADER.size > len(data):
            raise MessageError(f"The command set ends with {len(data) - offset} bytes too many.", offset=offset)
        group, number, length = _HEADER.unpack_from(data, offset)
        tag = f"({group:04X},{number:04X})"
        start = offset + _HEADER.size
        if length > len(data) - start:
            raise MessageError(
                f"Element {tag} of the command set claims {length} bytes where {len(data) - start} are left.",
                offset=offset,
                field=tag,
            )
        keyword, vr = ELEMENTS.get(number, (tag, "UN")) if group == 0 else (tag, "UN")
        values.setdefault(keyword, _value(vr, data[start : start + length]))
        offset = start + length
    return CommandSet(values)


def _value(vr: str, data: bytes) -> Value:
    if vr in {"UI", "AE", "LO"}:
        return data.decode("latin-1").strip("\0 ")
    if vr in _NUMBERS and len(data) == _NUMBERS[vr].size:
        (number,) = _NUMBERS[vr].unpack(data)
        return int(number)
    if vr == "AT" and len(data) % 4 == 0:
        return tuple(group << 16 | number for group, number in struct.iter_unpack("<HH", data))
    return data
