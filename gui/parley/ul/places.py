"""Where things lie in the bytes of a PDU, told by its headers alone: nothing is decoded, and nothing put in words.

The layouts say what follows what; this module walks over any bytes at all along them, and never raises. It looks at an
item's inside only when it is asked about that item, so that one path among thousands costs a walk over its neighbours'
headers. `tree` puts what is found here in words, `conformance` gives findings their offsets by it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from parley.ul import layout as lay
from parley.ul.codes import ItemType, PduType
from parley.ul.layout import Field, Form, Layout

MOST_LISTED = 10_000
"""How many items, PDVs or texts of one list are told apart; what follows them is one part without a layout."""

MOST_HEADERS = 10_000
"""How many headers are looked at for secrets; what follows them counts as one."""

_MOST_NESTED = 4
_MOST_IDENTITIES = 32
_ONE = lay.Number(1)
_COUNT = lay.Number(2)
_ONE_RESERVED = lay.Octets(1)
_ASSOCIATES = {PduType.A_ASSOCIATE_RQ, PduType.A_ASSOCIATE_AC}
_ASSOCIATE_BYTES = {bytes([code]) for code in _ASSOCIATES}
_IDENTITIES = {ItemType.USER_IDENTITY_RQ, ItemType.USER_IDENTITY_AC}
_IDENTITY_BYTES = [bytes([code]) for code in sorted(_IDENTITIES)]


_NO_ITEMS = lay.Items({})


def _items_of(layout: Layout) -> lay.Items:
    """The items that a PDU or an item consists of behind its fields of fixed size."""
    return next((each.form for each in layout.fields if isinstance(each.form, lay.Items)), _NO_ITEMS)


_PDUS = [lay.PDU_LAYOUTS[code] for code in sorted(_ASSOCIATES)]
_HOLDERS = [each for pdu in _PDUS for each in _items_of(pdu).layouts.values() if _items_of(each) is not _NO_ITEMS]
_ITEMS = {
    int(layout.code): (_items_of(layout), layout.frame.header.size + layout.least)
    for layout in (*_PDUS, *_HOLDERS)
    if layout.code is not None
}
"""What holds items, by its type: which ones, and how many bytes of its own are before them."""

_LISTS = {
    each.attribute
    for layout in (*lay.PDU_LAYOUTS.values(), *_HOLDERS)
    for each in layout.fields
    if isinstance(each.form, lay.Items | lay.Pdvs)
}
"""Attributes that have no place of their own, as their values lie in the frame one by one."""


class Part(NamedTuple):
    """Some bytes inside a PDU, an item or a PDV.

    Attributes:
        attribute: its path within what it belongs to.
        name: the standard's name.
        start, end: offsets in the PDU's bytes. A field of fixed size that is cut short ends before it has its size.
        limit: where the bytes end that it could have had.
        form: how it is spelled; of `Items` and `Pdvs` it is the list of them all.
        field: what its layout says of it; None for types, lengths, and what no layout describes.
        is_secret: whether it proves who asks.
        is_cut: whether it has fewer bytes than it should.
    """

    attribute: str
    name: str
    start: int
    end: int
    limit: int
    form: Form
    field: Field | None = None
    is_secret: bool = False
    is_cut: bool = False


class Listed(NamedTuple):
    """The items, PDVs or texts of a list.

    Attributes:
        starts: where each begins.
        rest: where what was not looked at begins; the end of the list where nothing was left out.
    """

    starts: list[int]
    rest: int


@dataclass(slots=True)
class Frame:
    """A PDU, item or PDV: what begins with a header that says how long it is.

    Attributes:
        data: the bytes of the PDU.
        layout: what it consists of.
        path: of it in the PDU; empty for the PDU itself.
        start: offset of its header.
        limit: where what encloses it ends.
        code: its type; -1 for a PDV.
        length: what its header says, in bytes; -1 where the header is cut short.
        end: where it ends, which is at `limit` where it is longer than that.
    """

    data: bytes
    layout: Layout
    path: str
    start: int
    limit: int
    code: int = field(init=False)
    length: int = field(init=False)
    end: int = field(init=False)

    def __post_init__(self) -> None:
        frame = self.layout.frame
        self.code = -1 if frame is lay.PDV_FRAME else self.data[self.start]
        body = self.start + frame.header.size
        self.length = -1
        self.end = self.limit
        if body <= self.limit:
            self.length = frame.header.unpack_from(self.data, self.start)[-1]
            self.end = min(self.limit, body + self.length)

    @property
    def announced_end(self) -> int:
        """Where its header says that it ends, be there so many bytes or not."""
        return self.start + self.layout.frame.header.size + max(self.length, 0)

    def path_of(self, attribute: str) -> str:
        """The path in the PDU of one of its parts."""
        return f"{self.path}.{attribute}" if self.path else attribute

    def parts(self) -> Iterator[Part]:
        """All that it consists of in the order of the wire, without gaps; after what is cut short nothing follows."""
        frame, limit = self.layout.frame, self.limit
        place = self.start
        if frame is not lay.PDV_FRAME:
            yield Part("type", f"{frame.kind}-type", place, place + 1, limit, _ONE)
            place += 1
            yield (part := _fixed("reserved", self.layout.second, place, limit, _ONE_RESERVED))
            if part.is_cut:
                return
            place += 1
        size = lay.Number(self.start + frame.header.size - place)
        yield (part := _fixed(f"{frame.kind.lower()}_length", f"{frame.kind}-length", place, limit, size))
        if not part.is_cut:
            yield from self._fields(part.end)

    def _fields(self, place: int) -> Iterator[Part]:
        end, fields = self.end, self.layout.fields
        earlier: dict[str, int] = {"item_type": self.code}
        holds_secrets = any(each.is_secret for each in fields)
        for each in fields:
            form, attribute = each.form, each.attribute
            if isinstance(form, lay.Number | lay.Octets | lay.Title):
                part = _fixed(attribute, each.name, place, end, form, each)
                if holds_secrets:
                    earlier[attribute] = int.from_bytes(self.data[place : part.end], "big")
            elif isinstance(form, lay.Counted):
                yield (part := _fixed(f"{attribute}.length", form.length_name, place, end, _COUNT))
                if part.is_cut:
                    return
                part = _counted(self.data, part, attribute, each, form)
                # A name that is longer than its item has run into the passcode behind it.
                if each.is_secret and (part.is_cut or each.is_secret(earlier)):
                    part = part._replace(is_secret=True)
            elif not isinstance(form, lay.Surplus) or place < end:
                is_secret = bool(each.is_secret and each.is_secret(earlier))
                part = Part(attribute, each.name, place, end, end, form, each, is_secret)
            else:
                continue
            yield part
            if part.is_cut:
                return
            place = part.end
        if place < end:
            # A length that is wrong must not turn the end of a passcode into something to look at.
            yield Part("surplus", "Bytes beyond the layout", place, end, end, lay.Rest(), None, holds_secrets)

    def listed(self, part: Part, most: int = MOST_LISTED) -> Listed:
        """The items or PDVs of a part that is a list of them, told by their headers."""
        is_short = isinstance(part.form, lay.Items)
        return _starts(self.data, part.start, part.end, 2 if is_short else 0, most)

    def inside(self, part: Part, index: int, start: int) -> Frame:
        """The item or PDV that begins there."""
        form = part.form
        if isinstance(form, lay.Items):
            layout = form.layouts.get(self.data[start], lay.UNKNOWN_ITEM)
        else:
            assert isinstance(form, lay.Pdvs)
            layout = form.layout
        return Frame(self.data, layout, self.path_of(f"{part.attribute}[{index}]"), start, part.end)

    def texts(self, part: Part, form: lay.Each) -> Iterator[Part]:
        """The counted texts of a part that is a list of them, each with its length before it."""
        assert part.field is not None
        place, end = part.start, part.end
        for index in range(MOST_LISTED):
            if place >= end:
                return
            attribute = f"{part.attribute}[{index}]"
            yield (length := _fixed(f"{attribute}.length", form.element.length_name, place, end, _COUNT))
            if length.is_cut:
                return
            yield (text := _counted(self.data, length, attribute, part.field, form.element))
            place = text.end
        if place < end:
            yield Part("rest", REST, place, end, end, lay.Rest())


def _fixed(attribute: str, name: str, start: int, end: int, form: lay.Fixed, field: Field | None = None) -> Part:
    """What has a fixed size, if there are so many bytes."""
    stop = start + form.size
    return Part(attribute, name, start, min(stop, end), end, form, field, is_cut=stop > end)


def _counted(data: bytes, length: Part, attribute: str, field: Field, form: lay.Counted) -> Part:
    """What follows its length."""
    start, end = length.end, length.limit
    stop = start + int.from_bytes(data[length.start : start], "big")
    return Part(attribute, field.name, start, min(stop, end), end, form.content, field, is_cut=stop > end)


REST = "The rest, too long to show"


def pdu_frame(data: bytes) -> Frame | None:
    """The PDU that the bytes begin with; None where they begin with none."""
    layout = lay.PDU_LAYOUTS.get(data[0]) if data else None
    return None if layout is None else Frame(data, layout, "", 0, len(data))


def _starts(data: bytes, start: int, end: int, length_at: int, most: int) -> Listed:
    """Where the values begin whose headers of four bytes end with a length, `length_at` bytes after they begin."""
    starts: list[int] = []
    last = end - 4
    while start <= last and len(starts) < most:
        starts.append(start)
        start += 4 + int.from_bytes(data[start + length_at : start + 4], "big")
    if last < start < end and len(starts) < most:
        starts.append(start)  # a header that is cut short
        start = end
    return Listed(starts, min(start, end))


class Places:
    """Paths to offsets in the bytes of one PDU; what it has learnt of an item serves the next question about it."""

    def __init__(self, data: bytes) -> None:
        self._pdu = pdu_frame(data)
        self._found: dict[str, tuple[str, int]] = {}
        self._frames: dict[str, Frame | None] = {"": self._pdu}
        self._lists: dict[tuple[int, str], tuple[Part, list[int]]] = {}
        self._offsets: dict[int, dict[str, int]] = {}

    def nearest(self, path: str) -> tuple[str, int]:
        """The path itself, or the longest one above it that is there, with its offset. All is within the PDU at 0."""
        if path not in self._found:
            self._found[path] = self._nearest(path)
        return self._found[path]

    def _nearest(self, path: str) -> tuple[str, int]:
        if self._pdu is None:
            return "", 0
        frame, rest = self._pdu, path
        while rest:
            step, _, after = rest.partition(".")
            inner = self._frame_at(frame, step)
            if inner is None:
                return self._within(frame, rest)
            frame, rest = inner, after
        return frame.path, frame.start

    def _frame_at(self, frame: Frame, step: str) -> Frame | None:
        path = frame.path_of(step)
        if path not in self._frames:
            self._frames[path] = self._step(frame, step)
        return self._frames[path]

    def _step(self, frame: Frame, step: str) -> Frame | None:
        """The item that a step such as ``items[3]`` leads to; None where it leads to a field, or nowhere."""
        attribute, bracket, index = step.partition("[")
        if not bracket or not index[:-1].isdecimal():
            return None
        key = frame.start, attribute
        if key not in self._lists:
            found = next((part for part in frame.parts() if part.attribute == attribute), None)
            if found is None or not isinstance(found.form, lay.Items | lay.Pdvs):
                return None
            self._lists[key] = found, frame.listed(found).starts
        part, starts = self._lists[key]
        number = int(index[:-1])
        return frame.inside(part, number, starts[number]) if number < len(starts) else None

    def _within(self, frame: Frame, attribute: str) -> tuple[str, int]:
        """The same for a field of a frame: the frame itself is the nearest where it has none of that name."""
        if attribute.partition("[")[0] in _LISTS:
            return frame.path, frame.start
        if frame.start not in self._offsets:
            self._offsets[frame.start] = dict(_offsets(frame))
        offsets = self._offsets[frame.start]
        while attribute:
            if attribute in offsets:
                return frame.path_of(attribute), offsets[attribute]
            attribute = attribute[: max(attribute.rfind("."), attribute.rfind("["), 0)]
        return frame.path, frame.start


def _offsets(frame: Frame) -> Iterator[tuple[str, int]]:
    for part in frame.parts():
        if isinstance(part.form, lay.Items | lay.Pdvs):
            continue
        yield part.attribute, part.start
        if isinstance(part.form, lay.Each):
            data, place = frame.data, part.start
            for index in range(MOST_LISTED):
                if place >= part.end:
                    break
                yield f"{part.attribute}[{index}].length", place
                if place + 2 > part.end:
                    break
                yield f"{part.attribute}[{index}]", place + 2
                place += 2 + (data[place] << 8) + data[place + 1]


# --- secrets ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Secrets:
    """Which bytes of a PDU prove who asks.

    Attributes:
        spans: first byte and end of each run of them, in the order of the wire, apart from one another.
        headers: how many headers were looked at.
        identities: how many of them were user identities.
    """

    spans: list[tuple[int, int]] = field(default_factory=list)
    headers: int = 0
    identities: int = 0

    def __bool__(self) -> bool:
        return bool(self.spans)

    def overlap(self, start: int, end: int) -> bool:
        """Whether one of the bytes between the two offsets is secret."""
        after = bisect_left(self.spans, (end, 0))
        return start < end and after > 0 and self.spans[after - 1][1] > start

    def add(self, start: int, end: int) -> None:
        """Take note of another run, which begins no earlier than the one before."""
        if start >= end:
            return
        if self.spans and start <= self.spans[-1][1]:
            start, before = self.spans.pop()
            end = max(before, end)
        self.spans.append((start, end))


def secrets(data: bytes) -> Secrets:
    """The bytes of passcodes, tickets, tokens and answers to them: of a user identity wherever it stands.

    They count as secret too where a wrong length has moved them out of their item, or out of the PDU; and so does what
    follows the first `MOST_HEADERS` headers or the first identities of very many, if there could be any. Only
    associations are asked for and granted with a user identity.
    """
    found = Secrets()
    if is_associate(data):
        items, start = _ITEMS[data[0]]
        _look(data, items, start, len(data), found)
    return found


def is_associate(data: bytes) -> bool:
    """Whether the bytes begin as an A-ASSOCIATE-RQ or -AC does."""
    return data[:1] in _ASSOCIATE_BYTES


def is_secret_item(code: int, body: bytes) -> bool:
    """Whether an item that nobody could read is a user identity, or has one inside."""
    if code not in _IDENTITIES and code not in _ITEMS:
        return False
    found = Secrets()
    item = lay.ITEM_FRAME.header.pack(code, 0, len(body)) + body
    _look(item, _NO_ITEMS, 0, len(item), found)
    return bool(found)


def _look(data: bytes, items: lay.Items, start: int, end: int, found: Secrets, depth: int = 0) -> None:
    """Look for user identities among the items between the two offsets, and within those that hold items."""
    if depth > _MOST_NESTED:
        found.add(start, end)
        return
    candidate = _next_candidate(data, start, end)
    while candidate < end and start + 4 <= len(data):
        if found.headers >= MOST_HEADERS or found.identities >= _MOST_IDENTITIES:
            found.add(start, len(data))
            return
        found.headers += 1
        stop = start + 4 + (data[start + 2] << 8) + data[start + 3]
        if candidate < stop:
            code = data[start]
            if code in _IDENTITIES:
                _add_identity(Frame(data, items.layouts.get(code, lay.UNKNOWN_ITEM), "", start, end), stop, found)
            elif code in _ITEMS:
                inner, before = _ITEMS[code]
                _look(data, inner, start + before, min(stop, end), found, depth + 1)
            candidate = _next_candidate(data, stop, end)
        start = stop


def _add_identity(frame: Frame, stop: int, found: Secrets) -> None:
    """Take note of an identity's secrets; where its lengths do not fit, nobody knows how far they reach."""
    found.identities += 1
    parts = list(frame.parts())
    for part in parts:
        if part.is_secret:
            found.add(part.start, part.end)
    found.add(frame.end, len(frame.data) if parts[-1].is_cut else min(stop, len(frame.data)))


def _next_candidate(data: bytes, start: int, end: int) -> int:
    """The next byte that could be the type of a user identity: most requests have none. The end where there is none."""
    return min(place if (place := data.find(code, start, end)) >= 0 else end for code in _IDENTITY_BYTES)
