"""Bytes annotated field by field, for a person: walks the layouts over any bytes at all, and never raises.

Names of UIDs are not known in this room: a node of kind `UID` has the UID as its value, for a view to look up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from parley.ul import layout as lay
from parley.ul.codes import ItemType, PduType
from parley.ul.foreign import recognise
from parley.ul.layout import Field, Layout
from parley.ul.pdu import significant

_PREVIEW = 32
_MOST_NODES = 50_000


class Kind(Enum):
    """What a node stands for."""

    PDU = "PDU"
    ITEM = "item"
    NUMBER = "number"
    UID = "uid"
    TEXT = "text"
    TITLE = "title"
    BYTES = "bytes"
    SECRET = "secret"  # noqa: S105 - that is what it is called
    """Bytes that prove who asks: a view has a mask for value and meaning until somebody wants to see them."""


@dataclass(frozen=True, slots=True)
class Node:
    """Some bytes and what they are.

    Attributes:
        path: of the value in the PDU, as `Finding.field` spells it; empty for the PDU itself.
        name: the standard's name of the field, item or PDU.
        offset: from the first byte of the PDU, in bytes.
        length: in bytes.
        value: as text: a decimal number, a UID, an AE title, or bytes in hexadecimal. An item has its first field's.
        meaning: the value in words; empty where it speaks for itself.
        children: the parts, in the order of the wire.
        kind: what it is; an item tells the kind of its value.
        reference: where the standard describes it.
    """

    path: str
    name: str
    offset: int
    length: int
    value: str = ""
    meaning: str = ""
    children: tuple[Node, ...] = ()
    kind: Kind = Kind.BYTES
    reference: str = ""

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the wire."""
        yield self
        for child in self.children:
            yield from child.walk()


def annotate(data: bytes | bytearray | memoryview) -> Node:
    """The tree of what these bytes mean, beginning with one PDU; what cannot be understood is shown as bytes."""
    return _Walk(bytes(data)).pdu()


def masked(data: bytes) -> bytes:
    """The bytes of a PDU with an asterisk for each one of a secret."""
    if not may_hold_secrets(data):
        return data
    shown = bytearray(data)
    for node in annotate(data).walk():
        if node.kind is Kind.SECRET:
            shown[node.offset : node.offset + node.length] = b"*" * node.length
    return bytes(shown)


def may_hold_secrets(data: bytes) -> bool:
    """Whether it is worth looking: only associations are asked for and granted with a user identity."""
    return data[:1] in {b"\x01", b"\x02"}


class _CutShortError(Exception):
    """The bytes ended, or made no sense any more; what was understood has its nodes already."""


def _hexadecimal(data: bytes) -> str:
    if len(data) > 4 and not any(data):
        return f"{len(data)} × 00"
    more = f" … ({len(data)} bytes)" if len(data) > _PREVIEW else ""
    return data[:_PREVIEW].hex(" ").upper() + more


def _quoted(data: bytes) -> str:
    is_text = data and all(32 <= byte < 127 for byte in data[:_PREVIEW])
    return f'"{data[:_PREVIEW].decode("ascii")}{"…" if len(data) > _PREVIEW else ""}"' if is_text else ""


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02X}" for letter in text)


@dataclass(slots=True)
class _Body:
    """One PDU or item being annotated."""

    path: str
    offset: int
    end: int
    nodes: list[Node] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    heads: list[Node] = field(default_factory=list)

    @property
    def meaning(self) -> str:
        """What to show of the fields while they are folded."""
        return ", ".join([node.meaning for node in self.heads if node.meaning])

    def path_of(self, attribute: str) -> str:
        return f"{self.path}.{attribute}" if self.path else attribute

    @property
    def left(self) -> int:
        return self.end - self.offset


class _Walk:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._room = _MOST_NODES

    # --- frames

    def pdu(self) -> Node:
        data = self._data
        layout = lay.PDU_LAYOUTS.get(data[0]) if data else None
        if layout is None:
            return self._foreign()
        body = _Body("", 0, len(data))
        length = 0
        try:
            length = self._frame(layout, body, PduType(data[0]).words)
            body.end = min(body.end, body.offset + length)
            self._fields(layout, body)
        except _CutShortError:
            pass
        self._after_pdu(body, length)
        return Node("", layout.name, 0, len(data), "", body.meaning, tuple(body.nodes), Kind.PDU, layout.table)

    def _foreign(self) -> Node:
        data = self._data
        body = _Body("", 0, len(data))
        if data:
            self._add(body, "type", "PDU-type", 1, f"{data[0]:02X}H", "none, PDU types are 01H to 07H", Kind.NUMBER)
            self._bytes(body, "rest", "The rest", 1, len(data))
        meaning = recognise(data) or _quoted(data)
        return Node("", "Not a PDU", 0, len(data), _hexadecimal(data), meaning, tuple(body.nodes))

    def _after_pdu(self, body: _Body, length: int) -> None:
        size = len(self._data)
        announced = lay.PDU_FRAME.header.size + length
        if size > announced and body.offset <= announced:
            self._bytes(body, "after", "Bytes after the PDU", announced, size)
        elif size < announced:
            body.nodes.append(
                Node("missing", "Missing bytes", size, 0, str(announced - size), "the PDU is not complete")
            )

    def _frame(self, layout: Layout, body: _Body, type_words: str) -> int:
        """Annotates type, reserved byte and length; returns the length."""
        kind = layout.frame.kind
        if layout.frame is not lay.PDV_FRAME:
            code = self._number(body, "type", f"{kind}-type", 1)
            self._add(body, "type", f"{kind}-type", 1, f"{code:02X}H", type_words, Kind.NUMBER)
            self._reserved(body, "reserved", layout.second, 1)
        size = layout.frame.longest.bit_length() // 8
        return self._length(body, f"{kind.lower()}_length", f"{kind}-length", size)

    def _length(self, body: _Body, attribute: str, name: str, size: int) -> int:
        length = self._number(body, attribute, name, size)
        left = body.left - size
        meaning = f"{length - left} more than there are" if length > left else ""
        self._add(body, attribute, name, size, str(length), meaning, Kind.NUMBER)
        return length

    def _framed(self, body: _Body, path: str, layout: Layout, type_words: str = "") -> None:
        """Annotates an item or PDV that begins at the body's offset."""
        inner = _Body(path, body.offset, body.end)
        try:
            length = self._frame(layout, inner, type_words)
            inner.end = min(inner.end, inner.offset + length)
            self._fields(layout, inner)
        except _CutShortError:
            pass
        value, kind = (inner.heads[0].value, inner.heads[0].kind) if inner.heads else ("", Kind.ITEM)
        size = inner.end - body.offset
        children = tuple(inner.nodes)
        node = Node(path, layout.name, body.offset, size, value, inner.meaning, children, kind, layout.table)
        body.nodes.append(node)
        body.offset += size

    # --- fields

    def _fields(self, layout: Layout, body: _Body) -> None:
        for each in layout.fields:
            self._field(each, body)
        if body.left:
            # A length that is wrong must not turn the end of a passcode into something to look at.
            kind = Kind.SECRET if any(each.is_secret for each in layout.fields) else Kind.BYTES
            self._bytes(body, "surplus", "Bytes beyond the layout", body.offset, body.end, kind)

    def _field(self, each: Field, body: _Body) -> None:
        match each.form:
            case lay.Number(size) if not each.is_reserved:
                value = self._number(body, each.attribute, each.name, size)
                body.values[each.attribute] = value
                meaning = each.meaning(value, body.values) if each.meaning else ""
                body.heads.append(self._add(body, each.attribute, each.name, size, str(value), meaning, Kind.NUMBER))
            case lay.Number(size) | lay.Octets(size):
                self._reserved(body, each.attribute, each.name, size, each)
            case lay.Title(size):
                text = self._take(body, each.attribute, each.name, size).decode("latin-1").rstrip(" ")
                meaning = each.meaning(text, body.values) if each.meaning else ""
                self._add(body, each.attribute, each.name, size, _printable(text), meaning, Kind.TITLE)
            case lay.Items(layouts):
                self._items(layouts, each.attribute, body)
            case lay.Pdvs(layout):
                for index in self._while_room(body):
                    self._framed(body, body.path_of(f"{each.attribute}[{index}]"), layout)
            case lay.Counted() as form:
                self._counted(each, form, body)
            case lay.Surplus():
                if body.left:
                    self._content(each, lay.Rest(), body, body.end)
            case form:
                self._content(each, form, body, body.end)

    def _items(self, layouts: dict[int, Layout], attribute: str, body: _Body) -> None:
        for index in self._while_room(body):
            code = self._data[body.offset]
            kind = ItemType(code)
            words = "unknown" if kind.is_reserved else kind.words
            self._framed(body, body.path_of(f"{attribute}[{index}]"), layouts.get(code, lay.UNKNOWN_ITEM), words)

    def _while_room(self, body: _Body) -> Iterator[int]:
        """Counts up while there are bytes left and not too many nodes yet."""
        index = 0
        while body.left:
            if self._room <= 0:
                # Nobody looked at what is in there.
                self._bytes(body, "rest", "The rest, too long to show", body.offset, body.end, Kind.SECRET)
                return
            yield index
            index += 1

    def _counted(self, each: Field, form: lay.Counted, body: _Body) -> None:
        length = self._length(body, f"{each.attribute}.length", form.length_name, 2)
        is_whole = length <= body.left
        self._content(each, form.content, body, body.offset + min(length, body.left))
        if not is_whole:
            raise _CutShortError

    def _content(self, each: Field, form: lay.Form, body: _Body, end: int) -> None:
        data = self._data[body.offset : end]
        match form:
            case lay.Text(is_uid):
                text = data.decode("latin-1")
                shown = significant(text) if is_uid else text
                meaning = each.meaning(text, body.values) if each.meaning else ""
                if shown != text:
                    meaning = ", ".join(filter(None, (meaning, "padded, which is not allowed here")))
                kind = Kind.UID if is_uid else Kind.TEXT
                body.heads.append(
                    self._add(body, each.attribute, each.name, len(data), _printable(shown), meaning, kind)
                )
            case lay.Each(element):
                inner = _Body(body.path, body.offset, end)
                try:
                    for index in self._while_room(inner):
                        one = Field(f"{each.attribute}[{index}]", each.name, element)
                        self._counted(one, element, inner)
                finally:
                    self._add(body, each.attribute, each.name, len(data), "", "", Kind.ITEM, tuple(inner.nodes))
            case _:
                kind = Kind.SECRET if each.is_secret and each.is_secret(body.values) else Kind.BYTES
                self._bytes(body, each.attribute, each.name, body.offset, end, kind)

    # --- nodes

    def _take(self, body: _Body, attribute: str, name: str, size: int) -> bytes:
        """The next bytes, without going past them. What is left of a field that is cut short becomes a node."""
        if body.left < size:
            left = self._data[body.offset : body.end]
            meaning = f"cut short: {size} bytes are needed, {len(left)} are left"
            self._add(body, attribute, name, len(left), _hexadecimal(left), meaning, Kind.BYTES)
            raise _CutShortError
        return self._data[body.offset : body.offset + size]

    def _number(self, body: _Body, attribute: str, name: str, size: int) -> int:
        return int.from_bytes(self._take(body, attribute, name, size), "big")

    def _reserved(self, body: _Body, attribute: str, name: str, size: int, each: Field | None = None) -> None:
        data = self._take(body, attribute, name, size)
        meaning = each.meaning(data, body.values) if each and each.meaning else ""
        if any(data) and not meaning and name == "Reserved":
            meaning = "not zero, never tested"
        self._add(body, attribute, name, size, _hexadecimal(data), meaning, Kind.BYTES)

    def _bytes(self, body: _Body, attribute: str, name: str, start: int, end: int, kind: Kind = Kind.BYTES) -> None:
        data = self._data[start:end]
        body.offset = start
        self._add(body, attribute, name, len(data), _hexadecimal(data), _quoted(data), kind)

    def _add(
        self,
        body: _Body,
        attribute: str,
        name: str,
        size: int,
        value: str,
        meaning: str,
        kind: Kind,
        children: tuple[Node, ...] = (),
    ) -> Node:
        self._room -= 1
        node = Node(body.path_of(attribute), name, body.offset, size, value, meaning, children, kind)
        body.nodes.append(node)
        body.offset += size
        return node
