"""Names for UIDs: SOP classes, transfer syntaxes, other well-known UIDs, and whose an implementation class UID is.

They come from a snapshot in `parley.resources` that `packaging/make_registry.py` takes of pydicom's and pynetdicom's
registries, as importing those would cost more than the rest of the window's start. It is read at the first question.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import chain
from pkgutil import get_data
from typing import Any

from parley.model.handle import DEFAULT_TRANSFER_SYNTAXES, ProposedContext, RoleProposal, SupportedContext


class Kind(StrEnum):
    """What a UID stands for."""

    SOP_CLASS = "sop_class"
    META_SOP_CLASS = "meta_sop_class"
    TRANSFER_SYNTAX = "transfer_syntax"
    SERVICE_CLASS = "service_class"
    APPLICATION_CONTEXT = "application_context"
    SOP_INSTANCE = "sop_instance"


ABSTRACT_SYNTAXES = (Kind.SOP_CLASS, Kind.META_SOP_CLASS)
TRANSFER_SYNTAXES = (Kind.TRANSFER_SYNTAX,)
"""Kinds to look up for each half of a presentation context."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered UID.

    Attributes:
        name: as PS3.6 has it, for example ``CT Image Storage``.
        keyword: the name as an identifier, for example ``CTImageStorage``.
        service: of a SOP class in use, the service it belongs to, for example ``Query/Retrieve``; else empty.
        aliases: what else people type for it.
    """

    uid: str
    name: str
    keyword: str
    kind: Kind
    service: str = ""
    retired: bool = False
    aliases: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """Abstract syntaxes that are usually proposed, or supported, together.

    Attributes:
        as_scp: those for which the requestor proposes to be SCP instead of SCU.
    """

    name: str
    abstract_syntaxes: tuple[str, ...]
    as_scp: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[RoleProposal, ...]:
        """The role selections that go with the contexts, for either side."""
        return tuple(RoleProposal(uid, scu=0, scp=1) for uid in self.as_scp)

    def proposed(self, transfer_syntaxes: tuple[str, ...] = DEFAULT_TRANSFER_SYNTAXES) -> tuple[ProposedContext, ...]:
        """One automatically numbered context each, for an SCU."""
        return tuple(ProposedContext(uid, transfer_syntaxes) for uid in self.abstract_syntaxes)

    def supported(self, transfer_syntaxes: tuple[str, ...] = DEFAULT_TRANSFER_SYNTAXES) -> tuple[SupportedContext, ...]:
        """One context each, for an SCP."""
        return tuple(SupportedContext(uid, transfer_syntaxes) for uid in self.abstract_syntaxes)


@dataclass(frozen=True, slots=True)
class TransferSyntaxSet:
    """Transfer syntaxes of one family, in a sensible order of preference."""

    name: str
    uids: tuple[str, ...]


def name_of(uid: str) -> str:
    """The UID's name; empty when it is not registered."""
    entry = entries().get(uid)
    return entry.name if entry else ""


def labelled(uid: str) -> str:
    """The name where there is one, else the UID itself: for lines that a person reads."""
    return name_of(uid) or uid


def implementation_name(class_uid: str) -> str:
    """The toolkit or maker that an implementation class UID belongs to; empty when it is not known."""
    components = class_uid.split(".", _most_components())[: _most_components()]
    prefixes = (".".join(components[:count]) for count in range(len(components), 0, -1))
    return next((_toolkits()[prefix] for prefix in prefixes if prefix in _toolkits()), "")


def lookup(text: str, kinds: tuple[Kind, ...] = ()) -> tuple[Entry, ...]:
    """Entries that hold every word of the text in name, keyword, UID, service or aliases, the best match first.

    Case and the order of words do not matter. No text finds everything, no kinds mean all of them.
    """
    words = _fold(text).split()
    whole = " ".join(words)
    found = []
    for searchable, entry in _searchable():
        if (not kinds or entry.kind in kinds) and all(word in searchable for word in words):
            found.append((_distance(whole, words, searchable, entry), entry))
    found.sort(key=lambda match: match[0])
    return tuple(entry for _, entry in found)


@cache
def entries() -> dict[str, Entry]:
    """Every entry by its UID, in numeric order of the UIDs."""
    return {row["uid"]: Entry(**{**row, "kind": Kind(row["kind"])}) for row in _snapshot()["entries"]}


@cache
def templates() -> tuple[Template, ...]:
    """Groups of abstract syntaxes, the most used first; none needs more contexts than one association can hold."""
    as_scp = _snapshot()["templates_as_scp"]
    return tuple(
        Template(name, tuple(uids), tuple(as_scp.get(name, ()))) for name, uids in _snapshot()["templates"].items()
    )


@cache
def transfer_syntax_sets() -> tuple[TransferSyntaxSet, ...]:
    """Groups of transfer syntaxes, the most used first."""
    return tuple(TransferSyntaxSet(name, tuple(uids)) for name, uids in _snapshot()["transfer_syntax_sets"].items())


def _distance(whole: str, words: list[str], searchable: str, entry: Entry) -> tuple[bool, bool, bool, int, int, int]:
    """How far an entry is from what was typed; what compares lower comes first."""
    name = _fold(entry.name)
    exact = whole in {entry.uid, name, entry.keyword.casefold()}
    inner = sum(f" {word}" not in searchable for word in words)
    rarity = _rarities().get(entry.uid, len(_rarities()))
    return not exact, entry.retired, not name.startswith(whole), inner, rarity, len(name)


@cache
def _rarities() -> dict[str, int]:
    """Positions of UIDs in the groups, which name the most used first."""
    groups = [group.abstract_syntaxes for group in templates()] + [group.uids for group in transfer_syntax_sets()]
    return {uid: position for position, uid in enumerate(dict.fromkeys(chain.from_iterable(groups)))}


def _fold(text: str) -> str:
    """Text as it is compared: no case, blanks for slashes."""
    return text.casefold().replace("/", " ")


@cache
def _snapshot() -> dict[str, Any]:
    # importlib.resources would add 10 ms to the window's start.
    data = get_data("parley.resources", "registry.json")
    snapshot: dict[str, Any] = json.loads(data or "{}")
    return snapshot


@cache
def _searchable() -> tuple[tuple[str, Entry], ...]:
    """What is searched, case folded; every word of it follows a blank."""
    return tuple((_fold(f" {e.name} {e.keyword} {e.uid} {e.service} {e.aliases}"), e) for e in entries().values())


@cache
def _toolkits() -> dict[str, str]:
    toolkits: dict[str, str] = _snapshot()["toolkits"]
    return toolkits


@cache
def _most_components() -> int:
    return max(uid.count(".") + 1 for uid in _toolkits())
