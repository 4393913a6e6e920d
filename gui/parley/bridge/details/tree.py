"""What the details pane shows of one event, as a flat list of entries that grows with what is unfolded. No Qt."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from parley.bridge.details.handshake_facts import Fact, facts_of
from parley.bridge.log.row import kind_words, who_to_whom
from parley.bridge.log.severity import severity_of
from parley.model.event import EngineEvent
from parley.model.registry import name_of
from parley.model.secret import MASK
from parley.ul.errors import Finding, Severity
from parley.ul.places import Places, secrets
from parley.ul.tree import Children, Kind, Node, annotate, masked
from parley.ul.visible import one_line

NO_PARENT = -1
GROUP = 256
"""So many parts of a PDU or item stand below it one by one; the others are in groups of so many."""

MOST_LINES = 5000
"""How much of a tree is copied as text."""

_LOOKED_AT = 12
"""Among how many parts of an item the UID is looked for that names it."""

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
        node: the bytes that it stands for; None of facts and findings, and of what nobody has looked at yet.
        part: of which list of bytes it is which; None of facts and findings.
        run: of a group, which of the node's children it stands for.
        finding: what was found; None of all else.
        below: indices of the entries below it; None as long as nobody has asked for them.
    """

    name: str = ""
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
    node: Node | None = None
    part: tuple[Children, int] | None = None
    run: range | None = None
    finding: Finding | None = None
    below: list[int] | None = None


class DetailTree:
    """What is shown of one event, and the bytes it lies in; read as far as somebody has looked.

    Attributes:
        entries: those read so far; every entry stands after the one above it.
        top: indices of the entries without a parent.
        data: the bytes, with secrets masked unless they are to be revealed.
        is_rebuilt: the event came without bytes of its own: they are of the PDU that it speaks of.
        findings: what was noteworthy.
    """

    def __init__(self, data: bytes = b"", findings: tuple[Finding, ...] = (), *, reveal: bool = False) -> None:
        self.entries: list[Entry] = []
        self.top: list[int] = []
        self.findings = findings
        self.is_rebuilt = False
        self._is_revealed = reveal
        self._secrets = secrets(data)
        self.data = data if reveal else masked(data, self._secrets)
        self._root = NO_PARENT
        self._places = Places(data)
        self._found: dict[str, list[Finding]] = {}
        for finding in findings:
            self._found.setdefault(self._places.nearest(finding.field)[0], []).append(finding)
        self._node = annotate(data, self._secrets) if data else None

    @property
    def has_secrets(self) -> bool:
        """Whether there is something that is masked, or was revealed."""
        return bool(self._secrets)

    def add(self, entry: Entry, parent: int = NO_PARENT) -> int:
        """Put an entry below another, fit to be shown; returns its index."""
        siblings = self.top if parent == NO_PARENT else self._below(parent)
        entry.parent, entry.row = parent, len(siblings)
        entry.value, entry.meaning = one_line(entry.value), one_line(entry.meaning)
        index = len(self.entries)
        siblings.append(index)
        self.entries.append(entry)
        return index

    def add_pdu(self) -> None:
        """Put the bytes below what is there, and the findings in them, or else alone."""
        if self._node is None:
            for finding in self.findings:
                self._add_finding(finding, Entry(), NO_PARENT)
            return
        entry = Entry()
        self._root = self.add(entry)
        self._fill(entry, self._node)

    # --- what is asked for -----------------------------------------------------------------------------------------

    def entry(self, index: int) -> Entry:
        """One entry, put in words now if that was not done before."""
        entry = self.entries[index]
        if entry.part is not None and entry.node is None:
            children, number = entry.part
            self._fill(entry, children[number])
        return entry

    def is_foldable(self, index: int) -> bool:
        """Whether there is something below an entry, which need not be read for that."""
        entry = self.entries[index]
        if entry.below is not None:
            return bool(entry.below)
        if entry.run is not None or entry.part is None:
            return entry.run is not None or (entry.node is not None and self._has_inside(entry.node))
        children, number = entry.part
        return children.is_foldable(number) or self._has_inside(children[number])

    def children(self, index: int) -> list[int]:
        """What is below an entry, or at the top; read now if that was not done before."""
        if index == NO_PARENT:
            return self.top
        entry = self.entry(index)
        if entry.below is None:
            entry.below = []
            if entry.node is not None:
                self._read(index, entry, entry.node)
        return entry.below

    def at_offset(self, offset: int) -> int | None:
        """The deepest entry that holds the byte."""
        if self._node is None or not 0 <= offset < self._node.length:
            return None
        index, node = self._root, self._node
        while (number := node.children.at(offset)) is not None:
            index, node = self._child(index, number), node.children[number]
        return index

    def finding_entries(self, most: int) -> list[int]:
        """The first findings, each below what it is about."""
        listed = []
        for finding in self.findings[:most]:
            about = self._at_path(self._places.nearest(finding.field)[0])
            listed += [each for each in self.children(about) if self.entries[each].finding is finding]
        return listed

    def secret_entries(self, most: int) -> list[int]:
        """The first entries that are masked, or were revealed."""
        found = [self.at_offset(start) for start, _ in self._secrets.spans[:most]]
        return [index for index in found if index is not None]

    def open_entries(self) -> list[int]:
        """The entries whose insides are to be seen at once, the outer ones first."""
        return [index for index, entry in enumerate(self.entries[: self._root + 1]) if entry.is_open]

    def text(self, index: int) -> str:
        """An entry and what is below it, one line each, up to `MOST_LINES` of them."""
        lines = list(islice(self._lines(index), MOST_LINES + 1))
        if len(lines) > MOST_LINES:
            lines[-1] = "… and more, which is too long to copy"
        return "\n".join(lines)

    # --- reading ---------------------------------------------------------------------------------------------------

    def _below(self, index: int) -> list[int]:
        entry = self.entries[index]
        if entry.below is None:
            entry.below = []
        return entry.below

    def _has_inside(self, node: Node) -> bool:
        return node.inside is not None or node.path in self._found

    def _fill(self, entry: Entry, node: Node) -> None:
        entry.node = node
        entry.name, entry.reference, entry.offset, entry.length = node.name, node.reference, node.offset, node.length
        entry.value, entry.meaning = one_line(node.value), one_line(_meaning(node))
        if node.kind is Kind.SECRET:
            entry.is_secret = True
            if node.length and not self._is_revealed:
                entry.value, entry.meaning = MASK, ""
        about = self._found.get(node.path, ())
        entry.severity = next((finding.severity for finding in about), None)

    def _read(self, index: int, entry: Entry, node: Node) -> None:
        """Put below an entry what its bytes consist of: long lists in groups, then what was found about it."""
        children = node.children
        run = range(len(children)) if entry.run is None else entry.run
        for number in run if entry.run is not None else run[:GROUP]:
            self.add(Entry(part=(children, number)), index)
        if entry.run is not None:
            return
        for first in run[GROUP::GROUP]:
            self._add_group(index, node, run[first : first + GROUP])
        for finding in self._found.get(node.path, ()):
            self._add_finding(finding, entry, index)

    def _add_group(self, index: int, node: Node, run: range) -> None:
        starts = node.children.starts
        start = starts[run.start]
        end = starts[run.stop] if run.stop < len(starts) else node.offset + node.length
        name = f"{run.start + 1} to {run.stop} of {len(starts)} parts"
        self.add(Entry(name, offset=start, length=end - start, node=node, run=run), index)

    def _add_finding(self, finding: Finding, about: Entry, index: int) -> None:
        meaning = f"{finding.text} {finding.remedy}".strip()
        entry = Entry(_WORDS[finding.severity], meaning=meaning, severity=finding.severity, is_finding=True)
        entry.offset, entry.length, entry.finding = about.offset, about.length, finding
        self.add(entry, index)

    def _child(self, index: int, number: int) -> int:
        """The entry of a node's child, of which there may be so many that it stands in a group."""
        below = self.children(index)
        if number < GROUP:
            return below[number]
        group, place = divmod(number - GROUP, GROUP)
        return self.children(below[GROUP + group])[place]

    def _at_path(self, path: str) -> int:
        """The entry of a path that is there."""
        index, node = self._root, self._node
        while node is not None and node.path != path and (number := node.children.towards(path)) is not None:
            index, node = self._child(index, number), node.children[number]
        return index

    def _lines(self, index: int, depth: int = 0) -> Iterator[str]:
        entry = self.entry(index)
        line = "    " * depth + entry.name + (f": {entry.value}" if entry.value else "")
        line += f"  ({entry.meaning})" if entry.meaning and not entry.is_finding else ""
        line += f" {entry.meaning}" if entry.is_finding else ""
        yield line
        for child in self.children(index):
            yield from self._lines(child, depth + 1)


def build(event: EngineEvent, *, reveal: bool = False) -> DetailTree:
    """The tree of an event: its facts, then its PDU with the findings at their fields.

    Args:
        reveal: show passcodes, tickets and tokens, in the tree and in its bytes.
    """
    tree = DetailTree(event.data or event.wire, event.findings, reveal=reveal)
    tree.is_rebuilt = bool(event.wire) and not event.data
    _add_facts(tree, event)
    if event.handshake is not None:
        _add_handshake(tree, facts_of(event.handshake, event.role, event.wall))
    tree.add_pdu()
    return tree


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
            tree.add(Entry(name, value, meaning), top)


def _add_handshake(tree: DetailTree, fact: Fact, parent: int = NO_PARENT) -> None:
    entry = Entry(fact.name, fact.value, fact.meaning, severity=fact.severity, is_open=fact.open)
    index = tree.add(entry, parent)
    for inner in fact.inner:
        _add_handshake(tree, inner, index)


def _meaning(node: Node) -> str:
    """The node's meaning with the names of UIDs, which the protocol's room does not know."""
    uid = node.value
    if node.kind is not Kind.UID:
        is_item = node.path.count("[") == 1 and node.inside is not None
        first = node.first(_LOOKED_AT) if is_item else ()
        uid = next((child.value for child in first if child.kind is Kind.UID), "")
    name = name_of(uid.strip("\0 ")) if uid else ""
    if not name or name in node.meaning:
        return node.meaning
    return f"{node.meaning}; {name}" if node.meaning else name
