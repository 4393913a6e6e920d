"""What the details pane shows of one event, worked out as a flat list of entries. No Qt: it may run on a thread."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from parley.bridge.details.handshake_facts import Fact, facts_of
from parley.bridge.log.row import kind_words, who_to_whom
from parley.bridge.log.severity import severity_of
from parley.model.event import EngineEvent
from parley.model.registry import name_of
from parley.model.secret import MASK
from parley.ul.codec import encode
from parley.ul.errors import Finding, LocalProtocolError, Severity
from parley.ul.tree import Kind, Node, annotate, masked

NO_PARENT = -1
_WORDS = {Severity.NOTE: "Note", Severity.WARNING: "Warning", Severity.ERROR: "Error"}


@dataclass(slots=True)
class Entry:
    """One line of the tree.

    Attributes:
        row: place among its siblings.
        parent: index of the entry above it; `NO_PARENT` at the top.
        reference: where the standard describes it.
        offset, length: its bytes; a length of -1 where it has none.
        severity: of a finding, and of what a finding is about.
        is_secret: it proves who asks; there is a mask for it unless the tree was built to reveal it.
        is_open: what is below it is to be seen at once.
    """

    name: str
    value: str = ""
    meaning: str = ""
    reference: str = ""
    row: int = 0
    parent: int = NO_PARENT
    offset: int = 0
    length: int = -1
    severity: Severity | None = None
    is_finding: bool = False
    is_secret: bool = False
    is_open: bool = False
    children: list[int] = field(default_factory=list)


@dataclass(slots=True)
class DetailTree:
    """The entries of one event and the bytes they lie in.

    Attributes:
        entries: every entry stands after the one above it.
        top: indices of the entries without a parent.
        is_rebuilt: the bytes were encoded from the PDU, none came with the event.
        has_secrets: there is something that is masked, or was revealed.
    """

    entries: list[Entry] = field(default_factory=list)
    top: list[int] = field(default_factory=list)
    data: bytes = b""
    is_rebuilt: bool = False
    has_secrets: bool = False

    def add(self, entry: Entry, parent: int = NO_PARENT) -> int:
        """Put an entry below another; returns its index."""
        siblings = self.top if parent == NO_PARENT else self.entries[parent].children
        entry.parent, entry.row = parent, len(siblings)
        index = len(self.entries)
        siblings.append(index)
        self.entries.append(entry)
        return index

    def at_offset(self, offset: int) -> int | None:
        """The deepest entry that holds the byte."""
        found, candidates = None, self.top
        while candidates:
            inside = (index for index in candidates if self._holds(index, offset))
            deeper = next(inside, None)
            if deeper is None:
                break
            found, candidates = deeper, self.entries[deeper].children
        return found

    def text(self, index: int, depth: int = 0) -> str:
        """An entry and what is below it, one line each."""
        entry = self.entries[index]
        line = "    " * depth + entry.name + (f": {entry.value}" if entry.value else "")
        line += f"  ({entry.meaning})" if entry.meaning and not entry.is_finding else ""
        line += f" {entry.meaning}" if entry.is_finding else ""
        return "\n".join([line, *(self.text(child, depth + 1) for child in entry.children)])

    def _holds(self, index: int, offset: int) -> bool:
        entry = self.entries[index]
        return not entry.is_finding and entry.length > 0 and entry.offset <= offset < entry.offset + entry.length


def build(event: EngineEvent, *, reveal: bool = False) -> DetailTree:
    """The tree of an event: its facts, then its PDU with the findings at their fields.

    Args:
        reveal: show passcodes, tickets and tokens, in the tree and in its bytes.
    """
    tree = DetailTree(data=event.data)
    if not tree.data and event.pdu is not None:
        tree.data, tree.is_rebuilt = _encoded(event), True
    root = annotate(tree.data) if tree.data else None
    tree.has_secrets = root is not None and any(node.kind is Kind.SECRET for node in root.walk())
    if tree.has_secrets and not reveal:
        tree.data = masked(tree.data)
    _add_facts(tree, event)
    if event.handshake is not None:
        _add_handshake(tree, facts_of(event.handshake, event.role, event.wall))
    places: dict[str, int] = {}
    if root is not None:
        _add_nodes(tree, root, places, reveal)
    for finding in event.findings:
        _add_finding(tree, finding, places)
    return tree


def shown(text: str) -> str:
    """Text with an escape for what cannot be printed."""
    return text if text.isprintable() else "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _encoded(event: EngineEvent) -> bytes:
    try:
        return encode(event.pdu) if event.pdu is not None else b""
    except LocalProtocolError:
        return b""


def _add_facts(tree: DetailTree, event: EngineEvent) -> None:
    top = tree.add(Entry(f"Event {event.seq}", kind_words(event.kind), severity=severity_of(event)))
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event.wall)) + f"{event.wall % 1:.6f}"[1:]
    facts = [
        ("Time", moment, ""),
        ("Association", str(event.association or ""), event.role.value if event.role else ""),
        ("Who → whom", who_to_whom(event), ""),
        ("Local", event.local, event.local_ae_title),
        ("Peer", event.peer, event.peer_ae_title),
        ("Text", event.text, ""),
    ]
    if event.transition:
        step = event.transition
        facts += [
            ("State before", step.before.label, step.before.value),
            ("Event of PS3.8", step.event.label, step.event.value),
            ("Action", step.action.value[0], step.action.value[1]),
            ("State after", step.after.label, step.after.value),
        ]
    for name, value, meaning in facts:
        if value:
            tree.add(Entry(name, shown(value), meaning), top)


def _add_handshake(tree: DetailTree, fact: Fact, parent: int = NO_PARENT) -> None:
    entry = Entry(fact.name, shown(fact.value), shown(fact.meaning), severity=fact.severity, is_open=fact.open)
    index = tree.add(entry, parent)
    for inner in fact.inner:
        _add_handshake(tree, inner, index)


def _add_nodes(tree: DetailTree, root: Node, places: dict[str, int], reveal: bool) -> None:
    waiting = [(root, NO_PARENT)]
    while waiting:
        node, parent = waiting.pop()
        entry = Entry(
            node.name, shown(node.value), _meaning(node), node.reference, offset=node.offset, length=node.length
        )
        if node.kind is Kind.SECRET:
            entry.is_secret = True
            if node.length and not reveal:
                entry.value, entry.meaning = MASK, ""
        index = tree.add(entry, parent)
        places.setdefault(node.path, index)
        waiting += [(child, index) for child in reversed(node.children)]


def _meaning(node: Node) -> str:
    """The node's meaning with the names of UIDs, which the protocol's room does not know."""
    uid = node.value
    if node.kind is not Kind.UID:
        inner = next((child.value for child in node.children if child.kind is Kind.UID), "")
        uid = inner if node.path.count("[") == 1 else ""
    name = name_of(uid.strip("\0 ")) if uid else ""
    if not name or name in node.meaning:
        return node.meaning
    return f"{node.meaning}; {name}" if node.meaning else name


def _add_finding(tree: DetailTree, finding: Finding, places: dict[str, int]) -> None:
    place = _place(finding.field, places)
    meaning = f"{finding.text} {finding.remedy}".strip()
    entry = Entry(_WORDS[finding.severity], meaning=meaning, severity=finding.severity, is_finding=True)
    if place != NO_PARENT:
        about = tree.entries[place]
        entry.offset, entry.length = about.offset, about.length
        about.severity = about.severity or finding.severity
    tree.add(entry, place)


def _place(path: str, places: dict[str, int]) -> int:
    """The entry of a path, or of the nearest path above it that is there."""
    while path not in places and (cut := max(path.rfind("."), path.rfind("["))) > 0:
        path = path[:cut]
    return places.get(path, places.get("", NO_PARENT))
