"""How many items an A-ASSOCIATE PDU or PDVs a P-DATA-TF has, found from their headers before anything is decoded.

Items within items count, and so does every element of a list within an item. What does not fit its layout ends the
count of that part only: what to make of it is the decoder's matter.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from parley.ul import layout as lay
from parley.ul.layout import Layout
from parley.ul.reader import Pieces

LEAST_ELEMENT = 2
"""No element takes fewer bytes than its own length: a PDU has at most one for every two bytes."""

_LENGTH = struct.Struct(">H")
_BETWEEN_PAUSES = 256


class TooManyError(Exception):
    """More items than are allowed; the offset is that of the first one too many."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class _List:
    """Where the list of a body begins, and what it is made of.

    Attributes:
        start: bytes of the body before it, those in counted fields left out.
        skipped: how many counted fields come before it.
        header: what stands before each element; it ends with the element's length.
        within: the lists in the elements, by their type byte.
        is_counted: whether the list's own length comes first.
    """

    start: int
    skipped: int
    header: struct.Struct
    within: Mapping[int, _List]
    is_counted: bool = False


def _list_of(layout: Layout) -> _List | None:
    """The list in the bodies of a layout, of which there is one at the most."""
    start = skipped = 0
    for each in layout.fields:
        match each.form:
            case lay.Number(size) | lay.Octets(size) | lay.Title(size):
                start += size
            case lay.Items(layouts):
                within = {code: inner for code, one in layouts.items() if (inner := _list_of(one))}
                return _List(start, skipped, lay.ITEM_FRAME.header, within)
            case lay.Pdvs():
                return _List(start, skipped, lay.PDV_FRAME.header, {})
            case lay.Counted(content=lay.Each()):
                return _List(start, skipped, _LENGTH, {}, is_counted=True)
            case lay.Counted():
                skipped += 1
    return None


_LISTS = {code: found for code, layout in lay.PDU_LAYOUTS.items() if (found := _list_of(layout))}


def count(data: bytes, most: int) -> Pieces[int]:
    """Count the items, or PDVs, of a whole PDU; pauses now and then.

    Raises:
        TooManyError: there are more than `most`.
    """
    found = 0
    waiting: list[tuple[_List, int, int]] = []
    current, offset, end = _LISTS[data[0]], *_bounds(data, _LISTS[data[0]], lay.PDU_FRAME.header.size, len(data))
    while True:
        header = current.header
        size, unpack, within = header.size, header.unpack_from, current.within
        while offset + size <= end:
            found += 1
            if found > most:
                raise TooManyError(offset)
            if not found % _BETWEEN_PAUSES:
                yield
            frame = unpack(data, offset)
            start = offset + size
            offset = start + frame[-1]
            if within and (inner := within.get(frame[0])):
                waiting.append((current, offset, end))
                current, offset, end = inner, *_bounds(data, inner, start, min(offset, end))
                break
        else:
            if not waiting:
                return found
            current, offset, end = waiting.pop()


def _bounds(data: bytes, a_list: _List, offset: int, end: int) -> tuple[int, int]:
    """Where the list in a body begins and ends; nothing is in it where the body is too short."""
    for _ in range(a_list.skipped + a_list.is_counted):
        if offset + _LENGTH.size > end:
            return end, end
        start = offset + _LENGTH.size
        offset = start + _LENGTH.unpack_from(data, offset)[0]
    if a_list.is_counted:
        return start, min(offset, end)
    return offset + a_list.start, end
