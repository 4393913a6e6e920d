"""Bytes annotated field by field, for a person: puts what `places` finds in words, for any bytes at all; never raises.

What a node consists of is worked out when somebody asks for its children, so that looking at a PDU costs what is looked
at. Names of UIDs are not known in this room: a node of kind `UID` has the UID as its value, for a view to look up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import Any

from parley.ul import layout as lay
from parley.ul.codes import ItemType, PduType
from parley.ul.foreign import recognise
from parley.ul.pdu import significant
from parley.ul.places import MOST_LISTED, REST, Frame, Part, Secrets, pdu_frame, secrets
from parley.ul.visible import one_line

_PREVIEW = 32
_LONGEST_TEXT = 1024


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


@dataclass(slots=True, eq=False)
class Node:
    """Some bytes and what they are.

    Attributes:
        path: of the value in the PDU, as `Finding.field` spells it; empty for the PDU itself.
        name: the standard's name of the field, item or PDU.
        offset: from the first byte of the PDU, in bytes.
        length: in bytes.
        value: as text: a decimal number, a UID, an AE title, or bytes in hexadecimal. An item has its first field's.
        meaning: the value in words; empty where it speaks for itself.
        kind: what it is; an item tells the kind of its value.
        reference: where the standard describes it.
        inside: works out the children, of long lists the first so many; None where there are none.
    """

    path: str
    name: str
    offset: int
    length: int
    value: str = ""
    meaning: str = ""
    kind: Kind = Kind.BYTES
    reference: str = ""
    inside: Callable[[int], Children] | None = None
    _children: Children | None = None

    @property
    def children(self) -> Children:
        """The parts, in the order of the wire."""
        if self._children is None:
            self._children = self.inside(MOST_LISTED) if self.inside else _NO_CHILDREN
        return self._children

    def first(self, count: int) -> Iterator[Node]:
        """The first children, without looking how many there are."""
        children = self._children or (self.inside(count) if self.inside else _NO_CHILDREN)
        return islice(children, count)

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the wire."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True, eq=False)
class Children:
    """What a node consists of: its fields at once, and its items, of which each is made when it is asked for.

    Attributes:
        starts: the offset of each, in the order of the wire.
        items_path: how the paths of the items begin, such as ``items``; empty where there are none.
    """

    starts: list[int] = field(default_factory=list)
    items_path: str = ""
    _fields: list[Node] = field(default_factory=list)
    _items: dict[int, Node] = field(default_factory=dict)
    _make: Callable[[int], Node] | None = None
    _rest: list[Node] = field(default_factory=list)

    @property
    def made(self) -> int:
        """How many nodes there are by now."""
        return len(self._fields) + len(self._items) + len(self._rest)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> Node:
        index = range(len(self.starts))[index]
        if index < len(self._fields):
            return self._fields[index]
        after = index - len(self.starts) + len(self._rest)
        if after >= 0:
            return self._rest[after]
        number = index - len(self._fields)
        if number not in self._items:
            assert self._make is not None
            self._items[number] = self._make(number)
        return self._items[number]

    def __iter__(self) -> Iterator[Node]:
        return map(self.__getitem__, range(len(self)))

    def is_foldable(self, index: int) -> bool:
        """Whether a child has children of its own; that of an item is known without making it."""
        is_item = len(self._fields) <= index < len(self.starts) - len(self._rest)
        return is_item or self[index].inside is not None

    def add(self, node: Node) -> None:
        """Put a node behind the others."""
        (self._fields if self._make is None else self._rest).append(node)
        self.starts.append(node.offset)

    def add_items(self, path: str, starts: list[int], make: Callable[[int], Node]) -> None:
        """Put items behind the fields, which can be done once."""
        if starts:
            self.items_path = path
            self._make = make
            self.starts += starts

    def at(self, offset: int) -> int | None:
        """The index of the child that holds the byte; None where none does."""
        index = bisect_right(self.starts, offset) - 1
        if index < 0:
            return None
        node = self[index]
        return index if offset < node.offset + node.length else None

    def towards(self, path: str) -> int | None:
        """The index of the child that has this path, or that the path leads into; None where there is none."""
        if self.items_path and path.startswith(f"{self.items_path}["):
            number = path[len(self.items_path) + 1 :].partition("]")[0]
            return len(self._fields) + int(number)
        for index, node in enumerate(self._fields):
            if path == node.path or (node.inside and path.startswith(f"{node.path}[")):
                return index
        return None


_NO_CHILDREN = Children()


def annotate(data: bytes | bytearray | memoryview, found: Secrets | None = None) -> Node:
    """The tree of what these bytes mean, beginning with one PDU; what cannot be understood is shown as bytes.

    Args:
        data: the bytes.
        found: the secrets in them, of who has looked for them already.
    """
    whole = bytes(data)
    return _Walk(whole, secrets(whole) if found is None else found).pdu()


def masked(data: bytes, found: Secrets | None = None) -> bytes:
    """The bytes of a PDU with an asterisk for each one of a secret; `found` as for `annotate`."""
    if found is None:
        found = secrets(data)
    if not found:
        return data
    shown = bytearray(data)
    for start, end in found.spans:
        shown[start:end] = b"*" * (end - start)
    return bytes(shown)


def _hexadecimal(data: bytes) -> str:
    if len(data) > 4 and not any(data):
        return f"{len(data)} × 00"
    more = f" … ({len(data)} bytes)" if len(data) > _PREVIEW else ""
    return data[:_PREVIEW].hex(" ").upper() + more


def _quoted(data: bytes) -> str:
    is_text = data and all(32 <= byte < 127 for byte in data[:_PREVIEW])
    return f'"{data[:_PREVIEW].decode("ascii")}{"…" if len(data) > _PREVIEW else ""}"' if is_text else ""


def _shortened(text: str) -> str:
    more = f" … ({len(text)} characters)" if len(text) > _LONGEST_TEXT else ""
    return one_line(text[:_LONGEST_TEXT]) + more


class _Walk:
    """Makes the nodes of one PDU."""

    def __init__(self, data: bytes, found: Secrets) -> None:
        self._data = data
        self._secrets = found

    # --- frames

    def pdu(self) -> Node:
        """The PDU itself."""
        data = self._data
        frame = pdu_frame(data)
        if frame is None:
            meaning = recognise(data) or _quoted(data)
            return Node("", "Not a PDU", 0, len(data), _hexadecimal(data), meaning, inside=self._foreign)
        meaning = self._head(frame)[2]
        layout = frame.layout
        return Node(
            "", layout.name, 0, len(data), "", meaning, Kind.PDU, layout.table, lambda most: self._of_pdu(frame, most)
        )

    def _foreign(self, _most: int) -> Children:
        data, children = self._data, Children()
        if data:
            value = f"{data[0]:02X}H"
            children.add(Node("type", "PDU-type", 0, 1, value, "none, PDU types are 01H to 07H", Kind.NUMBER))
            children.add(self._bytes("rest", "The rest", 1, len(data)))
        return children

    def _of_pdu(self, frame: Frame, most: int) -> Children:
        children = self._inside(frame, most)
        size, announced = len(self._data), frame.announced_end
        if size > announced:
            children.add(self._bytes("after", "Bytes after the PDU", announced, size))
        elif size < announced:
            words = str(announced - size)
            children.add(Node("missing", "Missing bytes", size, 0, words, "the PDU is not complete"))
        return children

    def _item(self, frame: Frame) -> Node:
        """An item or a PDV: its first field stands for it while it is folded."""
        value, kind, meaning = self._head(frame)
        layout = frame.layout
        size = frame.end - frame.start
        return Node(
            frame.path,
            layout.name,
            frame.start,
            size,
            value,
            meaning,
            kind,
            layout.table,
            lambda most: self._inside(frame, most),
        )

    def _head(self, frame: Frame) -> tuple[str, Kind, str]:
        """Value and kind of the first field that tells something, and the meanings of all that do."""
        values: dict[str, Any] = {}
        heads = [self._field(frame, part, values) for part in frame.parts() if _tells(part)]
        meaning = ", ".join([node.meaning for node in heads if node.meaning and node.kind is not Kind.SECRET])
        return (heads[0].value, heads[0].kind, meaning) if heads else ("", Kind.ITEM, meaning)

    def _inside(self, frame: Frame, most: int) -> Children:
        children = Children()
        for part, node in self._told(frame):
            if node is not None:
                children.add(node)
            elif isinstance(part.form, lay.Items | lay.Pdvs):
                self._add_items(children, frame, part, most)
        return children

    def _add_items(self, children: Children, frame: Frame, part: Part, most: int) -> None:
        listed = frame.listed(part, most)
        starts = listed.starts
        children.add_items(
            frame.path_of(part.attribute), starts, lambda index: self._item(frame.inside(part, index, starts[index]))
        )
        if listed.rest < part.end:
            children.add(self._bytes(frame.path_of("rest"), REST, listed.rest, part.end))

    # --- fields

    def _told(self, frame: Frame) -> Iterator[tuple[Part, Node | None]]:
        """The parts of a frame in words; lists of items have none of their own."""
        values: dict[str, Any] = {}
        for part in frame.parts():
            match part.form:
                case lay.Items() | lay.Pdvs():
                    yield part, None
                case lay.Each() as form:
                    yield part, self._texts(frame, part, form)
                case lay.Number() | lay.Octets() | lay.Title() if part.is_cut:
                    yield part, self._cut_short(frame, part)
                case _:
                    yield part, self._field(frame, part, values)

    def _field(self, frame: Frame, part: Part, values: dict[str, Any]) -> Node:
        data = self._data[part.start : part.end]
        means = part.field.meaning if part.field else None
        path = frame.path_of(part.attribute)
        value, meaning, kind = _hexadecimal(data), "", Kind.BYTES
        match part.form:
            case lay.Number() if part.field is None:
                value, meaning, kind = *self._of_frame(frame, part), Kind.NUMBER
            case lay.Number() if not (part.field and part.field.is_reserved):
                number = int.from_bytes(data, "big")
                values[part.attribute] = number
                value, meaning, kind = str(number), means(number, values) if means else "", Kind.NUMBER
            case lay.Number() | lay.Octets():
                meaning = means(data, values) if means else ""
                if any(data) and not meaning and part.name == "Reserved":
                    meaning = "not zero, never tested"
            case lay.Title():
                title = data.decode("latin-1").rstrip(" ")
                value, meaning, kind = one_line(title), means(title, values) if means else "", Kind.TITLE
            case lay.Text(is_uid):
                text = data.decode("latin-1")
                shown = significant(text) if is_uid else text
                meaning = means(text, values) if means else ""
                if shown != text:
                    meaning = ", ".join(filter(None, (meaning, "padded, which is not allowed here")))
                value, kind = _shortened(shown), Kind.UID if is_uid else Kind.TEXT
            case _:
                meaning = _quoted(data)
        return self._node(path, part.name, part.start, part.end, value, meaning, kind)

    def _of_frame(self, frame: Frame, part: Part) -> tuple[str, str]:
        """Value and meaning of a type or a length."""
        number = int.from_bytes(self._data[part.start : part.end], "big")
        if part.attribute != "type":
            surplus = number - (part.limit - part.end)
            return str(number), f"{surplus} more than there are" if surplus > 0 else ""
        if frame.layout.frame is lay.PDU_FRAME:
            return f"{number:02X}H", PduType(number).words
        kind = ItemType(number)
        return f"{number:02X}H", "unknown" if kind.is_reserved else kind.words

    def _cut_short(self, frame: Frame, part: Part) -> Node:
        size = getattr(part.form, "size", 0)
        left = self._data[part.start : part.end]
        meaning = f"cut short: {size} bytes are needed, {len(left)} are left"
        path = frame.path_of(part.attribute)
        return self._node(path, part.name, part.start, part.end, _hexadecimal(left), meaning, Kind.BYTES)

    def _texts(self, frame: Frame, part: Part, form: lay.Each) -> Node:
        def inside(_most: int) -> Children:
            children = Children()
            for each in frame.texts(part, form):
                is_length = isinstance(each.form, lay.Number)
                is_cut = is_length and each.is_cut
                children.add(self._cut_short(frame, each) if is_cut else self._field(frame, each, {}))
            return children

        path = frame.path_of(part.attribute)
        size = part.end - part.start
        return Node(path, part.name, part.start, size, "", "", Kind.ITEM, "", inside if size else None)

    # --- nodes

    def _bytes(self, path: str, name: str, start: int, end: int) -> Node:
        data = self._data[start:end]
        return self._node(path, name, start, end, _hexadecimal(data), _quoted(data), Kind.BYTES)

    def _node(self, path: str, name: str, start: int, end: int, value: str, meaning: str, kind: Kind) -> Node:
        if self._secrets and self._secrets.overlap(start, end):
            kind = Kind.SECRET
        return Node(path, name, start, end - start, value, meaning, kind)


def _tells(part: Part) -> bool:
    """Whether a folded item shows this field of it."""
    if part.field is None:
        return False
    if isinstance(part.form, lay.Number):
        return not part.is_cut and not part.field.is_reserved
    return isinstance(part.form, lay.Text)
