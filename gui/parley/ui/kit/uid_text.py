"""UIDs as people read and type them: by name where there is one."""

from __future__ import annotations

from parley.model import registry


def short(uid: str) -> str:
    """A transfer syntax's name as short as people say it."""
    name = registry.labelled(uid)
    for long, abbreviated in (("Little Endian", "LE"), ("Big Endian", "BE"), (" Image Compression", "")):
        name = name.replace(long, abbreviated)
    return name.partition(", Non-Hierarchical, First-Order")[0]


def name_and_uid(uid: str) -> str:
    """Both, on a line each; for one that has no name, the word that it has none."""
    name = registry.name_of(uid)
    return f"{name}\n{uid}" if name else f"{uid}\n(not in the registry: private, or mistyped)"


def uid_of(text: str, kinds: tuple[registry.Kind, ...] = registry.ABSTRACT_SYNTAXES) -> str:
    """The UID of that exact name or keyword; any other text stays as it was typed."""
    wanted = text.strip().casefold()
    for entry in registry.lookup(text, kinds)[:1] if wanted else ():
        if wanted in {entry.name.casefold(), entry.keyword.casefold()}:
            return entry.uid
    return text
