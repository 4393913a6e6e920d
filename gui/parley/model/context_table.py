"""Presentation contexts as a table of text, for the clipboard: written one way, read in every way that makes sense.

A line holds, with tabs between: id (empty when it is numbered automatically), abstract syntax UID, its name, and its
transfer syntaxes as UIDs with blanks between. Read are also semicolons or commas instead of tabs, missing columns,
names and keywords instead of UIDs, quotation marks, and a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from parley.model import registry
from parley.model.handle import DEFAULT_TRANSFER_SYNTAXES, ProposedContext, SupportedContext

HEADING = ("ID", "Abstract syntax", "Name", "Transfer syntaxes")
_HEADING_WORDS = {"id", "uid", "name", "abstract syntax", "sop class", "transfer syntax", "transfer syntaxes"}
_UID = re.compile(r"\d+(\.\d+)+")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was read.

    Attributes:
        left_out: a line that could not be read, each as its number and what is the matter with it.
    """

    contexts: tuple[ProposedContext, ...]
    left_out: tuple[str, ...]


def to_text(contexts: Iterable[ProposedContext | SupportedContext]) -> str:
    """The contexts as lines with a heading."""
    return "".join("\t".join(cells) + "\n" for cells in (HEADING, *map(_cells, contexts)))


def from_text(text: str) -> Pasted:
    """Read contexts; one without transfer syntaxes gets the default ones. Never raises."""
    contexts, left_out = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or _is_heading(line):
            continue
        try:
            contexts.append(_read(line))
        except ValueError as error:
            left_out.append(f"line {number}: {error}")
    return Pasted(tuple(contexts), tuple(left_out))


def _cells(context: ProposedContext | SupportedContext) -> tuple[str, ...]:
    number = context.context_id if isinstance(context, ProposedContext) else None
    name = registry.name_of(context.abstract_syntax)
    shown = "" if number is None else str(number)
    return shown, context.abstract_syntax, name, " ".join(context.transfer_syntaxes)


def _is_heading(line: str) -> bool:
    words = {cell.casefold() for cell in _split(line, "\t") if cell}
    return bool(words) and words <= _HEADING_WORDS


def _read(line: str) -> ProposedContext:
    """A line in the first of the ways that give it a sense."""
    problem = ""
    for cells in _ways_to_split(line):
        try:
            return _context(cells)
        except ValueError as error:
            problem = problem or str(error)
    raise ValueError(problem)


def _ways_to_split(line: str) -> Iterator[list[str]]:
    if "\t" in line:
        yield _split(line, "\t")
        return
    yield _split(line, "\n")
    for separator in ";,":
        if separator in line:
            yield _split(line, separator)
    if " " in line.strip():
        yield line.split()


def _split(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"').strip() for cell in line.split(separator)]


def _context(cells: list[str]) -> ProposedContext:
    number = None
    if len(cells) > 1 and (not cells[0] or (cells[0].isdecimal() and len(cells[0]) < 10)):
        number = int(cells[0]) if cells[0] else None
        cells = cells[1:]
    first, *rest = [cell for cell in cells if cell] or [""]
    abstract_syntax = _uid(first, registry.ABSTRACT_SYNTAXES)
    if not abstract_syntax:
        raise ValueError(_no_abstract_syntax(first))
    if rest and not _transfer_syntaxes(rest[0]):
        rest = rest[1:]  # the name of the abstract syntax, whatever it says
    found: list[str] = []
    for cell in rest:
        some = _transfer_syntaxes(cell)
        if not some:
            raise ValueError(f"“{_shortened(cell)}” is neither a transfer syntax nor a list of them")
        found += some
    return ProposedContext(abstract_syntax, tuple(dict.fromkeys(found)) or DEFAULT_TRANSFER_SYNTAXES, number)


def _no_abstract_syntax(text: str) -> str:
    if _uid(text, registry.TRANSFER_SYNTAXES):
        return f"“{_shortened(text)}” is a transfer syntax where an abstract syntax should be"
    return f"“{_shortened(text)}” is neither a UID nor the name or keyword of an abstract syntax"


def _transfer_syntaxes(cell: str) -> list[str]:
    """The transfer syntaxes that a cell names; none when any part of it is not one."""
    if whole := _uid(cell, registry.TRANSFER_SYNTAXES):
        return [whole]
    for pattern in (r"\s*[;|,]\s*", r"[\s;|,]+"):
        found = [_uid(part, registry.TRANSFER_SYNTAXES) for part in re.split(pattern, cell.strip()) if part]
        if found and all(found):
            return found
    return []


def _uid(text: str, kinds: tuple[registry.Kind, ...]) -> str:
    """The UID that a text is or names; empty for none, and for the UID of something else."""
    wanted = text.strip().casefold()
    if _UID.fullmatch(wanted):
        known = registry.entries().get(wanted)
        return wanted if known is None or known.kind in kinds else ""
    entry = _named().get(wanted)
    return entry.uid if entry is not None and entry.kind in kinds else ""


@cache
def _named() -> dict[str, registry.Entry]:
    """Entries by name and by keyword; a pasted table may have thousands of lines to look up."""
    entries = registry.entries().values()
    return {text.casefold(): entry for entry in entries for text in (entry.name, entry.keyword) if text}


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
