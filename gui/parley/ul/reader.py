"""Layouts compiled into decoders: one step per run of fields. Used by `codec` only.

A step takes what it needs from the bytes, adds the values it found, and says where the next step begins. A step over a
list of unknown length pauses now and then, so that a hostile peer's thousands of items can be read in many turns.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, fields
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from parley.ul import layout as lay
from parley.ul.codes import ItemType
from parley.ul.errors import Finding, Severity
from parley.ul.layout import Field, Layout
from parley.ul.pdu import UnknownItem
from parley.ul.writer import is_packed, packed_forms, struct_of

T = TypeVar("T")

Pieces = Generator[None, None, T]
"""Work that pauses now and then; what it comes to is the generator's value."""

BETWEEN_PAUSES = 32
"""How many elements of a list are read between two pauses, a power of two."""

_OFTEN_KEPT = 1024
_COUNT = struct.Struct(">H")
_ITEM_HEADER = lay.ITEM_FRAME.header
_MOST_FINDINGS = 200
_MOST_NOTES = 50
ONE_RESERVED = "A reserved field is not zero; receivers do not test it."


def drained(pieces: Pieces[T]) -> T:
    """What the work comes to, done without a pause."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            value: T = end.value
            return value


class MisfitError(Exception):
    """A body that does not fit its layout, with the offset and the field where that showed.

    The reading's path still leads to what the field belongs to.
    """

    def __init__(self, text: str, offset: int, attribute: str) -> None:
        super().__init__(text)
        self.text = text
        self.offset = offset
        self.attribute = attribute


@dataclass(slots=True)
class Reading:
    """One PDU being read: its bytes, where in its tree of fields the reader is, and what was noteworthy so far."""

    data: bytes
    path: list[str | int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    are_all_listed: bool = True
    reserved_fields: int = 0

    def path_of(self, attribute: str = "") -> str:
        """The dotted path of a field of the PDU or item being read."""
        steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path]
        return "".join([*steps, f".{attribute}" if attribute else ""]).lstrip(".")

    def report(self, severity: Severity, attribute: str, offset: int, text: str, remedy: str = "") -> None:
        """Keep a finding: the first two hundred, of notes the first fifty, so that a hostile PDU costs no more."""
        if len(self.findings) < (_MOST_NOTES if severity is Severity.NOTE else _MOST_FINDINGS):
            self.findings.append(Finding(severity, self.path_of(attribute), offset, text, remedy))
        else:
            self.are_all_listed = False

    def report_reserved(self, attribute: str, offset: int) -> None:
        """Note a reserved field that is not zero: nothing may come of it, but a person may want to know.

        Some software does it in every presentation context, so the first one stands for all of them.
        """
        self.reserved_fields += 1
        if self.reserved_fields == 1:
            self.report(Severity.NOTE, attribute, offset, ONE_RESERVED)

    @property
    def mark(self) -> tuple[int, int]:
        """How much has been reported so far, for `back_to`."""
        return len(self.findings), self.reserved_fields

    def back_to(self, mark: tuple[int, int]) -> None:
        """Forget what was reported since."""
        count, self.reserved_fields = mark
        del self.findings[count:]

    @property
    def is_full(self) -> bool:
        """Whether no finding is kept any more, so that none need be made."""
        if len(self.findings) < _MOST_FINDINGS:
            return False
        self.are_all_listed = False
        return True


Step = Callable[[Reading, int, int, list[Any]], int]
"""From a reading, an offset, the enclosing body's end and the values found so far to the offset of what follows."""

ListStep = Callable[[Reading, int, int, list[Any]], Pieces[int]]
"""The same over a list of unknown length, with pauses."""


def _packed(run: list[Field]) -> Step:
    """Neighbouring numbers and octets: one `struct` for them all."""
    forms = packed_forms(run)
    layout = struct_of(forms)
    unpack, size = layout.unpack_from, layout.size
    starts = [sum(form.size for form in forms[:index]) for index in range(len(forms))]
    zeros = [
        (index, 0 if isinstance(form, lay.Number) else bytes(form.size), each.attribute)
        for index, (each, form) in enumerate(zip(run, forms, strict=True))
        if each.is_reserved
    ]

    def step(reading: Reading, offset: int, end: int, values: list[Any]) -> int:
        if offset + size > end:
            raise MisfitError(f"{size} bytes are needed, {end - offset} are left", offset, run[0].attribute)
        found = unpack(reading.data, offset)
        for index, zero, attribute in zeros:
            if found[index] != zero:
                reading.report_reserved(attribute, offset + starts[index])
        values += found
        return offset + size

    return step


def _title(size: int, attribute: str) -> Step:
    def step(reading: Reading, offset: int, end: int, values: list[Any]) -> int:
        stop = offset + size
        if stop > end:
            raise MisfitError(f"{size} bytes are needed, {end - offset} are left", offset, attribute)
        values.append(reading.data[offset:stop].decode("latin-1").rstrip(" "))
        return stop

    return step


def _text(reading: Reading, offset: int, end: int, values: list[Any]) -> int:
    values.append(reading.data[offset:end].decode("latin-1"))
    return end


def _rest(reading: Reading, offset: int, end: int, values: list[Any]) -> int:
    values.append(reading.data[offset:end])
    return end


def _surplus(severity: Severity, attribute: str) -> Step:
    def step(reading: Reading, offset: int, end: int, values: list[Any]) -> int:
        if offset < end:
            text = f"{end - offset} bytes follow where the standard's layout ends."
            reading.report(severity, attribute, offset, text)
        return _rest(reading, offset, end, values)

    return step


def _counted(form: lay.Counted, attribute: str) -> Step:
    content = _single(Field(attribute, "", form.content))
    stop_of = _counted_end(form, attribute)

    def step(reading: Reading, offset: int, end: int, values: list[Any]) -> int:
        stop = stop_of(reading, offset, end)
        return content(reading, offset + _COUNT.size, stop, values)

    return step


def _counted_end(form: lay.Counted, attribute: str) -> Callable[[Reading, int, int], int]:
    """Reads the length before counted content; gives the offset where that ends."""

    def stop_of(reading: Reading, offset: int, end: int) -> int:
        start = offset + _COUNT.size
        if start > end:
            raise MisfitError(f"{form.length_name} needs 2 bytes, {end - offset} are left", offset, attribute)
        (length,) = _COUNT.unpack_from(reading.data, offset)
        stop: int = start + length
        if stop > end:
            raise MisfitError(f"{form.length_name} is {length}, {end - start} bytes are left", offset, attribute)
        return stop

    return stop_of


def _counted_list(form: lay.Counted, each: lay.Each, attribute: str) -> ListStep:
    stop_of = _counted_end(form, attribute)
    element = _counted(each.element, attribute)

    def step(reading: Reading, offset: int, end: int, values: list[Any]) -> Pieces[int]:
        stop = stop_of(reading, offset, end)
        offset += _COUNT.size
        elements: list[Any] = []
        while offset < stop:
            offset = element(reading, offset, stop, elements)
            if not len(elements) % BETWEEN_PAUSES:
                yield
        values.append(tuple(elements))
        return stop

    return step


def _items(form: lay.Items, attribute: str) -> ListStep:
    readers = {code: Reader(layout) for code, layout in form.layouts.items()}
    often = {
        code: (layout.often, _keeping(layout, readers[code])) for code, layout in form.layouts.items() if layout.often
    }
    rare = (-1, None)

    def step(reading: Reading, offset: int, end: int, values: list[Any]) -> Pieces[int]:
        data = reading.data
        items: list[Any] = []
        while offset < end:
            start = offset + 4
            if start > end:
                text = f"an item's header needs 4 bytes, {end - offset} are left"
                raise MisfitError(text, offset, f"{attribute}[{len(items)}].type")
            code, reserved, length = _ITEM_HEADER.unpack_from(data, offset)
            stop: int = start + length
            if stop > end:
                text = f"an item says it has {length} bytes, {end - start} are left"
                raise MisfitError(text, offset, f"{attribute}[{len(items)}].item_length")
            most, kept = often.get(code, rare)
            item = kept(data[offset:stop]) if kept and length <= most else None
            if item is None:
                reading.path += (attribute, len(items))
                reader = readers.get(code)
                if reader is None:
                    item = _unknown(reading, start, stop, code, reserved)
                elif reader.has_list:
                    item = yield from reader.item_in_pieces(reading, start, stop, reserved)
                else:
                    item = reader.read_item(reading, start, stop, reserved)
                del reading.path[-2:]
            items.append(item)
            if not len(items) % BETWEEN_PAUSES:
                yield
            offset = stop
        values.append(tuple(items))
        return end

    return step


def _unknown(reading: Reading, start: int, stop: int, code: int, reserved: int) -> UnknownItem:
    if not reading.is_full:
        kind = ItemType(code)
        if kind.is_reserved:
            text = f"Nobody knows items of type {code:02X}H; receivers should skip them, some abort."
            reading.report(Severity.WARNING, "", start - 4, text, "Leave the item out.")
        else:
            text = f"Items of type {code:02X}H ({kind.words}) do not belong here."
            reading.report(Severity.ERROR, "", start - 4, text, "Leave the item out.")
    return UnknownItem(code, reading.data[start:stop], reserved)


def _pdvs(form: lay.Pdvs, attribute: str) -> ListStep:
    reader = Reader(form.layout)
    header = form.layout.frame.header

    def step(reading: Reading, offset: int, end: int, values: list[Any]) -> Pieces[int]:
        pdvs: list[Any] = []
        reading.path += (attribute, 0)
        while offset < end:
            reading.path[-1] = len(pdvs)
            start = offset + header.size
            if start > end:
                raise MisfitError(f"a PDV's length needs 4 bytes, {end - offset} are left", offset, "item_length")
            (length,) = header.unpack_from(reading.data, offset)
            offset = start + length
            if offset > end:
                text = f"a PDV says it has {length} bytes, {end - start} are left"
                raise MisfitError(text, start - header.size, "item_length")
            pdvs.append(reader.read(reading, start, offset, 0))
            if not len(pdvs) % BETWEEN_PAUSES:
                yield
        del reading.path[-2:]
        if not pdvs:
            reading.report(Severity.ERROR, "pdu_length", 2, "A P-DATA-TF must carry at least one PDV.")
        values.append(tuple(pdvs))
        return end

    return step


def _single(each: Field) -> Step:
    """A field that `struct` cannot unpack, and that is no list."""
    match each.form:
        case lay.Title(size):
            return _title(size, each.attribute)
        case lay.Counted() as form:
            return _counted(form, each.attribute)
        case lay.Surplus(severity):
            return _surplus(severity, each.attribute)
        case lay.Text():
            return _text
        case _:
            return _rest


def _list(each: Field) -> ListStep | None:
    """A field with a list of unknown length; None where it has none."""
    match each.form:
        case lay.Items() as form:
            return _items(form, each.attribute)
        case lay.Pdvs() as form:
            return _pdvs(form, each.attribute)
        case lay.Counted(content=lay.Each() as content) as form:
            return _counted_list(form, content, each.attribute)
    return None


def _steps(layout: Layout) -> Iterable[tuple[Step | None, ListStep | None]]:
    """The steps in their order, each of the one kind or the other."""
    for packed, neighbours in groupby(layout.fields, is_packed):
        if packed:
            yield _packed(list(neighbours)), None
            continue
        for each in neighbours:
            a_list = _list(each)
            yield (None, a_list) if a_list else (_single(each), None)


class Reader:
    """Reads the bodies of one layout.

    Attributes:
        has_list: whether a body may hold a list of unknown length.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._make = layout.value
        self._steps = tuple(_steps(layout))
        self._plain = tuple(step for step, _ in self._steps if step)
        self.has_list = len(self._plain) < len(self._steps)
        on_wire = [*(each.attribute for each in layout.fields), "reserved"]
        self._as_arguments = itemgetter(*[on_wire.index(each.name) for each in fields(layout.value)])

    def read(self, reading: Reading, offset: int, end: int, reserved: int) -> Any:
        """The value whose body lies between the two offsets.

        Raises:
            MisfitError: the body does not fit the layout.
        """
        if self.has_list:
            return drained(self.in_pieces(reading, offset, end, reserved))
        values: list[Any] = []
        for step in self._plain:
            offset = step(reading, offset, end, values)
        return self._made(values, offset, end, reserved)

    def in_pieces(self, reading: Reading, offset: int, end: int, reserved: int) -> Pieces[Any]:
        """The same with pauses within its lists.

        Raises:
            MisfitError: the body does not fit the layout.
        """
        values: list[Any] = []
        for step, a_list in self._steps:
            if step is not None:
                offset = step(reading, offset, end, values)
            elif a_list is not None:
                offset = yield from a_list(reading, offset, end, values)
        return self._made(values, offset, end, reserved)

    def _made(self, values: list[Any], offset: int, end: int, reserved: int) -> Any:
        if offset != end:
            raise MisfitError(f"{end - offset} bytes follow where its layout ends", offset, "")
        values.append(reserved)
        return self._make(*self._as_arguments(values))

    def read_item(self, reading: Reading, offset: int, end: int, reserved: int) -> Any:
        """The same for an item: one that does not fit is kept as an unknown one, with a finding."""
        if self.has_list:
            return drained(self.item_in_pieces(reading, offset, end, reserved))
        mark = reading.mark
        try:
            item = self.read(reading, offset, end, reserved)
        except MisfitError as error:
            return self._unfit(reading, mark, error, offset, end, reserved)
        return self._seen(reading, offset, reserved, item)

    def item_in_pieces(self, reading: Reading, offset: int, end: int, reserved: int) -> Pieces[Any]:
        """As `read_item`, with pauses within its lists."""
        mark = reading.mark
        try:
            item = yield from self.in_pieces(reading, offset, end, reserved)
        except MisfitError as error:
            return self._unfit(reading, mark, error, offset, end, reserved)
        return self._seen(reading, offset, reserved, item)

    def _unfit(
        self, reading: Reading, mark: tuple[int, int], error: MisfitError, offset: int, end: int, reserved: int
    ) -> UnknownItem:
        reading.back_to(mark)
        if not reading.is_full:
            text = f"This {self._layout.name} does not fit its layout: {error.text} (at byte {error.offset})."
            reading.report(Severity.ERROR, "", offset - 4, text)
        return UnknownItem(int(self._layout.code or 0), reading.data[offset:end], reserved)

    def _seen(self, reading: Reading, offset: int, reserved: int, item: Any) -> Any:
        # The sub-item version of item 57H is no reserved field.
        if reserved and self._layout.second == "Reserved":
            reading.report_reserved("reserved", offset - 3)
        return item


def _keeping(layout: Layout, reader: Reader) -> Callable[[bytes], Any]:
    """Reads a whole item, header included, and keeps the latest: the same ones come in context after context.

    None stands for an item with something noteworthy, which depends on where it is.
    """
    header = _ITEM_HEADER.size

    def read_text(data: bytes) -> Any:
        return None if data[1] else layout.value(data[header:].decode("latin-1"))

    def read_any(data: bytes) -> Any:
        reading = Reading(data)
        item = reader.read_item(reading, header, len(data), data[1])
        return None if reading.findings else item

    is_text = isinstance(layout.fields[0].form, lay.Text)
    return lru_cache(_OFTEN_KEPT)(read_text if is_text else read_any)
