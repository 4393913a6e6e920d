"""PDUs to bytes and back. Lossless: encoding what was decoded gives the same bytes.

What a peer sent is refused only where it leaves no meaning; all else is kept and reported as findings.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain

from parley.ul import layout as lay
from parley.ul.codes import AbortReason, PduType
from parley.ul.count import LEAST_ELEMENT, TooManyError, count
from parley.ul.errors import UNLISTED, Finding, LocalProtocolError, RemoteProtocolError
from parley.ul.foreign import recognise
from parley.ul.limits import FIXED_LENGTH, Limits
from parley.ul.pdu import Item, PDataTf, Pdu, Pdv, UserInformationSubItem
from parley.ul.reader import ONE_RESERVED, MisfitError, Pieces, Reader, Reading, drained
from parley.ul.writer import UnfitError, write

_HEADER = lay.PDU_FRAME.header
_READERS = {code: Reader(layout) for code, layout in lay.PDU_LAYOUTS.items()}
_USER_INFORMATION = Reader(lay.USER_INFORMATION)
_ONE_PDV = struct.Struct(">BBLLBB")
_PDV_FIELDS = 2
MOST_IN_RUN = 128
"""How many P-DATA-TF PDUs `decode_run` takes: whoever looks at them must come to an end before long."""

_LEAST_ONE_PDV = _ONE_PDV.size - _HEADER.size
_LEAST = {code: layout.least for code, layout in lay.PDU_LAYOUTS.items()}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A whole PDU: its value, its bytes, and what is noteworthy in how the one was written as the other."""

    pdu: Pdu
    data: bytes
    findings: tuple[Finding, ...]


def encode(pdu: Pdu) -> bytes:
    """The bytes of a PDU.

    Raises:
        LocalProtocolError: a value does not fit its field.
    """
    if type(pdu) is PDataTf and len(pdu.pdvs) == 1:
        # Bulk data is nothing but these, and the layouts' way costs several times as much.
        (pdv,) = pdu.pdvs
        length = len(pdv.data) + _PDV_FIELDS
        with suppress(struct.error):
            head = _ONE_PDV.pack(PduType.P_DATA_TF, pdu.reserved, length + 4, length, pdv.context_id, pdv.control)
            return head + pdv.data
    try:
        return write(pdu)
    except UnfitError as error:
        raise LocalProtocolError(f"{error.field or type(pdu).__name__}: {error.text}", field=error.field) from None


def encode_run(context_id: int, data: bytes | memoryview, length: int) -> bytes:
    """The bytes of P-DATA-TF PDUs in a row, each with one fragment of `length` bytes from the middle of a data set.

    Args:
        data: a whole number of fragments.

    Raises:
        LocalProtocolError: context id or length do not fit their fields.
    """
    try:
        head = _ONE_PDV.pack(PduType.P_DATA_TF, 0, length + 6, length + 2, context_id, 0)
    except struct.error as error:
        raise LocalProtocolError(f"P-DATA-TF: {error}") from None
    fragments = memoryview(data)
    parts = [(head, fragments[start : start + length]) for start in range(0, len(data), length)]
    return b"".join(chain.from_iterable(parts))


def encode_item(item: Item | UserInformationSubItem) -> bytes:
    """The bytes of an item or a user information sub-item, with its header.

    Raises:
        LocalProtocolError: a value does not fit its field.
    """
    try:
        return write(item)
    except UnfitError as error:
        raise LocalProtocolError(f"{error.field or type(item).__name__}: {error.text}", field=error.field) from None


def sub_item_of(item_type: int, data: bytes) -> UserInformationSubItem:
    """The user information sub-item that a peer reads in this type and these bytes (65535 at the most) behind a header.

    A type nobody knows, or bytes that do not fit the type's layout, give an unknown item.
    """
    whole = lay.ITEM_FRAME.header.pack(item_type, 0, len(data)) + data
    sub_item: UserInformationSubItem = _USER_INFORMATION.read(Reading(whole), 0, len(whole), 0).sub_items[0]
    return sub_item


def decode(buffer: bytes | bytearray | memoryview, limits: Limits) -> Decoded | None:
    """The PDU at the beginning of a buffer; None while more bytes are needed.

    The length is checked as soon as the header is there, before the rest is waited for or copied. The buffer is not
    changed: drop `len(decoded.data)` bytes from it.

    Raises:
        RemoteProtocolError: the bytes leave no meaning, or hold more than the limits allow.
    """
    found = decode_in_pieces(buffer, limits)
    return drained(found) if isinstance(found, Generator) else found


def decode_in_pieces(
    buffer: bytes | bytearray | memoryview, limits: Limits, at_once: int = 0
) -> Decoded | Pieces[Decoded] | None:
    """As `decode`, but what is longer than `at_once` bytes is read in pieces.

    The pieces hold a copy of the PDU, so that the buffer may change meanwhile; they raise what `decode` does.
    """
    if not len(buffer):
        return None
    code = buffer[0]
    if code not in _READERS:
        raise _unrecognized(buffer)
    if len(buffer) < _HEADER.size:
        return None
    _, reserved, length = _HEADER.unpack_from(buffer)
    end = _HEADER.size + length
    is_plain = code == PduType.P_DATA_TF and not reserved and _LEAST_ONE_PDV <= length <= limits.data_length
    if not is_plain:
        _check_length(PduType(code), length, limits)
    if len(buffer) < end:
        return None
    with memoryview(buffer) as view:
        data = bytes(view[:end])
    if is_plain:
        _, _, _, item_length, context_id, control = _ONE_PDV.unpack_from(data)
        if item_length == length - 4:
            # The usual one of bulk data, with nothing noteworthy in it; see `encode`.
            return Decoded(PDataTf((Pdv(context_id, control, data[_ONE_PDV.size :]),)), data, ())
    pieces = _read(data, limits)
    return pieces if length > at_once else drained(pieces)


def _read(data: bytes, limits: Limits) -> Pieces[Decoded]:
    """Count what a whole PDU holds, then decode it."""
    code, reserved, _ = _HEADER.unpack_from(data)
    yield from _check_count(PduType(code), data, limits)
    reading = Reading(data)
    try:
        pdu = yield from _READERS[code].in_pieces(reading, _HEADER.size, len(data), reserved)
    except MisfitError as error:
        text = f"The peer's {PduType(code).words} cannot be read: {error.text} (at byte {error.offset})."
        raise _invalid(text, error.offset, reading.path_of(error.attribute)) from None
    if reserved:
        reading.report_reserved("reserved", 1)
    return Decoded(pdu, reading.data, _findings(reading))


def _check_count(kind: PduType, data: bytes, limits: Limits) -> Pieces[None]:
    is_data = kind is PduType.P_DATA_TF
    most = limits.pdvs if is_data else limits.associate_items
    if len(data) <= most * LEAST_ELEMENT:
        return
    try:
        yield from count(data, most)
    except TooManyError as error:
        what = "PDVs" if is_data else "items"
        text = f"The peer's {kind.words} has more than {most} {what}, the most that this side takes."
        raise RemoteProtocolError(
            text, reason=AbortReason.INVALID_PDU_PARAMETER_VALUE, offset=error.offset, whole=data
        ) from None


def decode_run(buffer: memoryview, limits: Limits) -> list[Pdv]:
    """The fragments of the P-DATA-TF PDUs in a row at the beginning of a buffer, for bulk data.

    Only whole PDUs with one fragment each, from the middle of a data set, and with nothing noteworthy in them, and
    `MOST_IN_RUN` at the most; whatever follows those is left to `decode`. Their bytes are as many as `run_length` says.
    """
    pdvs: list[Pdv] = []
    offset, last = 0, len(buffer) - _ONE_PDV.size
    most = limits.data_length
    while offset <= last and len(pdvs) < MOST_IN_RUN:
        code, reserved, length, item_length, context_id, control = _ONE_PDV.unpack_from(buffer, offset)
        if code != PduType.P_DATA_TF or reserved or item_length != length - 4 or control & 3:
            break
        end = offset + _HEADER.size + length
        if not _LEAST_ONE_PDV <= length <= most or end > len(buffer):
            break
        pdvs.append(Pdv(context_id, control, bytes(buffer[offset + _ONE_PDV.size : end])))
        offset = end
    return pdvs


def run_length(pdvs: Iterable[Pdv]) -> int:
    """How many bytes the P-DATA-TF PDUs of a run have."""
    return sum([_ONE_PDV.size + len(pdv.data) for pdv in pdvs])


def _findings(reading: Reading) -> tuple[Finding, ...]:
    findings = tuple(reading.findings)
    if (count := reading.reserved_fields) > 1:
        text = f"{count} reserved fields are not zero, this one among them; receivers do not test them."
        findings = tuple(replace(each, text=text) if each.text == ONE_RESERVED else each for each in findings)
    if reading.are_all_listed:
        return findings
    return *findings, replace(UNLISTED, offset=0)


def _unrecognized(buffer: bytes | bytearray | memoryview) -> RemoteProtocolError:
    guess = recognise(buffer)
    text = f"The peer sent no DICOM PDU: its first byte is {buffer[0]:02X}H, PDU types are 01H to 07H."
    if guess:
        text += f" It looks like {guess}."
    return RemoteProtocolError(text, reason=AbortReason.UNRECOGNIZED_PDU, offset=0, field="type")


def _invalid(text: str, offset: int, field: str) -> RemoteProtocolError:
    return RemoteProtocolError(text, reason=AbortReason.INVALID_PDU_PARAMETER_VALUE, offset=offset, field=field)


def _check_length(kind: PduType, length: int, limits: Limits) -> None:
    least, most = _LEAST[kind], FIXED_LENGTH
    if kind in {PduType.A_ASSOCIATE_RQ, PduType.A_ASSOCIATE_AC}:
        most = limits.associate_length
    elif kind is PduType.P_DATA_TF:
        most = limits.data_length
    if least <= length <= most:
        return
    if length < least:
        text = f"The peer's {kind.words} says it has {length} bytes; its fixed fields need {least}."
    else:
        text = f"The peer's {kind.words} says it has {length} bytes; {most} are the most that this side takes."
    raise _invalid(text, 2, "pdu_length")
