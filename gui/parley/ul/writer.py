"""Layouts compiled into encoders: one function per field, joined. Used by `codec` only."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from parley.ul import layout as lay
from parley.ul.layout import Field, Layout

_LETTERS = {1: "B", 2: "H", 4: "L"}
_OFTEN_KEPT = 1024
_COUNT = struct.Struct(">H")

Part = Callable[[Any], bytes]
"""From a PDU or item to the bytes of one or some of its fields."""


class UnfitError(Exception):
    """A value that its field cannot hold; `field` is the path from the value being encoded."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field
        self.text = text


def is_packed(field: Field) -> bool:
    """Whether `struct` can pack the field together with its neighbours."""
    return isinstance(field.form, lay.Number | lay.Octets)


def packed_forms(fields: Iterable[Field]) -> list[lay.Number | lay.Octets]:
    """The forms of fields that `struct` can pack."""
    return [field.form for field in fields if isinstance(field.form, lay.Number | lay.Octets)]


def struct_of(forms: Iterable[lay.Number | lay.Octets]) -> struct.Struct:
    """One `struct` for neighbouring fields."""
    codes = [_LETTERS[form.size] if isinstance(form, lay.Number) else f"{form.size}s" for form in forms]
    return struct.Struct(">" + "".join(codes))


def _latin(text: str, field: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise UnfitError(field, f'"{text}" has letters that are not in ISO 8859-1') from None


def _attributes(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Reads some attributes at once."""
    if len(names) > 1:
        return attrgetter(*names)
    get = attrgetter(names[0])
    return lambda value: (get(value),)


def _packed(fields: list[Field]) -> Part:
    """Neighbouring numbers and octets: one `struct` for them all."""
    forms = packed_forms(fields)
    pack = struct_of(forms).pack
    octets = [(index, form.size) for index, form in enumerate(forms) if isinstance(form, lay.Octets)]
    values_of = _attributes([field.attribute for field in fields])

    def culprit(value: Any) -> UnfitError:
        for field, form in zip(fields, forms, strict=True):
            number = getattr(value, field.attribute)
            if isinstance(form, lay.Number) and not (isinstance(number, int) and 0 <= number < 1 << 8 * form.size):
                return UnfitError(field.attribute, f"{number} does not fit {form.size} byte{'s' * (form.size > 1)}")
        return UnfitError(fields[0].attribute, "is of the wrong type")

    def part(value: Any) -> bytes:
        values = values_of(value)
        # struct would cut or fill octets of another length without a word.
        for index, size in octets:
            if len(values[index]) != size:
                raise UnfitError(fields[index].attribute, f"must have {size} bytes")
        try:
            return pack(*values)
        except struct.error:
            raise culprit(value) from None

    return part


def _items(attribute: str) -> Part:
    get = attrgetter(attribute)

    def part(value: Any) -> bytes:
        items = get(value)
        try:
            return b"".join([_WRITERS[type(item)](item) for item in items])
        except UnfitError:
            raise culprit(items) from None

    def culprit(items: Iterable[Any]) -> UnfitError:
        for index, item in enumerate(items):
            try:
                write(item)
            except UnfitError as error:
                return UnfitError(f"{attribute}[{index}].{error.field}".rstrip("."), error.text)
        raise AssertionError("an item that did not fit fits now")

    return part


def _content(form: lay.Text | lay.Rest | lay.Each, field: str) -> Callable[[Any], bytes]:
    """Encodes a field's own value, not the PDU or item that has it."""
    match form:
        case lay.Text():
            return lambda text: _latin(text, field)
        case lay.Rest():
            return bytes
        case lay.Each(element):
            write = _counted(element, field)
            return lambda elements: b"".join([write(element) for element in elements])


def _counted(form: lay.Counted, field: str) -> Callable[[Any], bytes]:
    content = _content(form.content, field)

    def write(value: Any) -> bytes:
        body = content(value)
        if len(body) > 0xFFFF:
            raise UnfitError(field, f"{len(body)} bytes are more than a 2-byte length can tell")
        return _COUNT.pack(len(body)) + body

    return write


def _title(size: int, field: str) -> Callable[[Any], bytes]:
    def write(text: str) -> bytes:
        title = _latin(text, field)
        if len(title) > size:
            raise UnfitError(field, f'"{text}" has {len(title)} letters, {size} fit')
        return title.ljust(size)

    return write


def _single(field: Field) -> Part:
    """A field that `struct` cannot pack."""
    get = attrgetter(field.attribute)
    write: Callable[[Any], bytes]
    match field.form:
        case lay.Items() | lay.Pdvs():
            return _items(field.attribute)
        case lay.Title(size):
            write = _title(size, field.attribute)
        case lay.Counted() as form:
            write = _counted(form, field.attribute)
        case lay.Text() | lay.Rest() | lay.Each() as form:
            write = _content(form, field.attribute)
        case _:
            write = bytes
    return lambda value: write(get(value))


def _parts(fields: Iterable[Field]) -> Iterable[Part]:
    for packed, neighbours in groupby(fields, is_packed):
        if packed:
            yield _packed(list(neighbours))
        else:
            yield from map(_single, neighbours)


def _header(layout: Layout) -> Callable[[Any, int], bytes]:
    """Encodes what stands before the body, given the value and the body's length."""
    pack = layout.frame.header.pack
    if layout.frame is lay.PDV_FRAME:
        return lambda _, length: pack(length)
    if layout.code is None:
        return lambda value, length: pack(value.item_type, value.reserved, length)
    code = layout.code
    return lambda value, length: pack(code, value.reserved, length)


def _writer(layout: Layout) -> Part:
    header = _header(layout)
    parts = tuple(_parts(layout.fields))
    longest = layout.frame.longest

    def write(value: Any) -> bytes:
        body = b"".join([part(value) for part in parts])
        if len(body) > longest:
            raise UnfitError("", f"{len(body)} bytes are more than its length field can tell")
        try:
            return header(value, len(body)) + body
        except struct.error:
            raise UnfitError("reserved", "the type or the reserved byte does not fit 1 byte") from None

    is_text = isinstance(layout.fields[0].form, lay.Text)
    return _keeping(layout, write) if layout.often and is_text else write


def _keeping(layout: Layout, write: Part) -> Part:
    """The same for an item of one text, with the latest results kept: each UID is encoded once, not per context."""
    (field,) = layout.fields
    get = attrgetter(field.attribute)
    make, often = layout.value, layout.often

    @lru_cache(_OFTEN_KEPT)
    def kept(text: str) -> bytes:
        return write(make(text))

    def part(item: Any) -> bytes:
        text = get(item)
        return write(item) if item.reserved or len(text) > often else kept(text)

    return part


def _every_layout(layouts: Iterable[Layout]) -> Iterable[Layout]:
    for layout in layouts:
        yield layout
        for field in layout.fields:
            if isinstance(field.form, lay.Items):
                yield from _every_layout(field.form.layouts.values())
            elif isinstance(field.form, lay.Pdvs):
                yield field.form.layout


_WRITERS: dict[type[Any], Part] = {
    layout.value: _writer(layout) for layout in (*_every_layout(lay.PDU_LAYOUTS.values()), lay.UNKNOWN_ITEM)
}


def write(value: Any) -> bytes:
    """The bytes of a PDU or item, its header included.

    Raises:
        UnfitError: a value does not fit its field.
    """
    return _WRITERS[type(value)](value)
