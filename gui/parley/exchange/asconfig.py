"""Association negotiation profiles of DCMTK: the files of ``storescu -xf`` and ``storescp -xf``.

A file is a tree of two levels of sections with numbered keys. A profile there is what an end negotiates, no matter
which: it becomes what the SCU of a profile here proposes and what its SCP supports. Names that end in ``_SCU`` and
``_SCP`` and otherwise agree are the two sides of one profile, which is how they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, starmap
from typing import Any, NamedTuple

from parley.exchange.dcmtk_names import uid_of
from parley.exchange.results import LINE_ENDS, MOST_PROFILES, UID, Exported, Imported, Problem
from parley.model.build import supported_syntaxes
from parley.model.handle import ExtendedNegotiation, ProposedContext, RoleProposal, SupportedContext
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.registry import name_of

MOST_CONTEXTS = 128
MOST_SYNTAXES = 128
"""There are fewer."""
MOST_ENTRIES = 1000
"""Of a list that are read: an association holds 128 presentation contexts."""
MOST_INFORMATION = 1024
"""Bytes of extended negotiation that DCMTK reads."""

SIDES = ("_SCU", "_SCP")
_ROLES = {"SCU": (1, 0), "SCP": (0, 1), "BOTH": (1, 1)}
_ROLE_NAMES = {roles: name for name, roles in _ROLES.items()}


class Entry(NamedTuple):
    """A key's value and its line."""

    value: str
    line: int


class Section(NamedTuple):
    """A section: its name as written, its line, and its entries by key in capitals."""

    name: str
    line: int
    entries: dict[str, Entry]


class Lists(NamedTuple):
    """A list of presentation contexts, as either side has it."""

    proposed: tuple[ProposedContext, ...]
    supported: tuple[SupportedContext, ...]


Pair = tuple[Entry, str, str]
"""An entry ``UID\\something`` with both halves."""

Tree = dict[str, dict[str, Section]]
"""Sections by their names in capitals without blanks, below the supersections by theirs."""


# --- reading ---------------------------------------------------------------------------------------------------------


def read_asconfig(text: str) -> Imported:
    """The profiles of a file, each as both sides of a profile here."""
    problems: list[Problem] = []
    tree = _tree(text, problems)
    reader = _Reader(tree, problems)
    profiles = list(reader.profiles())
    if not profiles and not problems:
        problems.append(Problem("it has no section [[Profiles]] with a profile in it"))
    return Imported.of(_joined(profiles), problems[:MOST_PROFILES])


def _tree(text: str, problems: list[Problem]) -> Tree:
    tree: Tree = {}
    group: dict[str, Section] | None = None
    section: Section | None = None
    for number, line in enumerate(LINE_ENDS.split(text), 1):
        stripped = line.strip()
        if not stripped or line.startswith("#"):
            continue
        if stripped.startswith("[["):
            group, section = tree.setdefault(_key(stripped.strip("[]")), {}), None
        elif stripped.startswith("["):
            name = stripped.strip("[]").strip()
            section = Section(name, number, {})
            if group is None:
                problems.append(Problem(f"[{name[:40]}] stands in no [[section]]", number))
            elif _key(name) in group:
                problems.append(Problem(f"there is a section [{name[:40]}] already", number))
            else:
                group[_key(name)] = section
        elif section is None or "=" not in line:
            problems.append(Problem("it is neither a section nor a key and value within one", number))
        else:
            key, _, value = line.partition("=")
            section.entries.setdefault(_key(key), Entry(value.strip(), number))
    return tree


def _key(text: str) -> str:
    return "".join(text.split()).upper()


@dataclass(slots=True)
class _Reader:
    """Follows the references from the profiles down; what is wrong becomes a problem, the rest goes on."""

    tree: Tree
    problems: list[Problem]
    known: dict[str, Lists] = field(default_factory=dict)
    known_pairs: dict[tuple[str, str], tuple[Pair, ...]] = field(default_factory=dict)
    known_syntaxes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    noted: set[Problem] = field(default_factory=set)

    def profiles(self) -> Iterator[Profile]:
        for section in list(self.tree.get("PROFILES", {}).values())[:MOST_PROFILES]:
            reference = section.entries.get("PRESENTATIONCONTEXTS")
            if reference is None:
                self._note(f"the profile [{section.name[:40]}] names no PresentationContexts", section.line)
                continue
            lists = self._lists(reference)
            if not lists.proposed:
                self._note(f"the profile [{section.name[:40]}] has no presentation context", section.line)
                continue
            if len(section.name) > 255 or not section.name.isprintable() or not section.name:
                self._note(
                    "the profile's name is empty, too long, or holds characters that nobody can see", section.line
                )
                continue
            yield self._profile(section, lists)

    def _profile(self, section: Section, lists: Lists) -> Profile:
        facts: dict[str, Any] = {
            "roles": tuple(self._roles(section)),
            "extended_negotiation": tuple(self._extended(section)),
        }
        scu, scp = RequestorSide(), AcceptorSide()
        return Profile(
            section.name,
            replace(scu, handle=replace(scu.handle, contexts=lists.proposed, **facts)),
            replace(scp, handle=replace(scp.handle, contexts=lists.supported, **facts)),
        )

    def _lists(self, reference: Entry) -> Lists:
        """Both readings of a list of contexts; many profiles may refer to one long list."""
        key = _key(reference.value)
        if key not in self.known:
            contexts = tuple(self._contexts(reference))
            supported = tuple(
                SupportedContext(context.abstract_syntax, context.transfer_syntaxes) for context in contexts
            )
            syntaxes = supported_syntaxes(supported)
            self.known[key] = Lists(contexts, tuple(starmap(SupportedContext, syntaxes.items())))
        return self.known[key]

    def _contexts(self, reference: Entry) -> Iterator[ProposedContext]:
        for entry, uid, label in self._pairs("PRESENTATIONCONTEXTS", reference, "PRESENTATIONCONTEXT"):
            syntaxes = self.tree.get("TRANSFERSYNTAXES", {}).get(_key(label))
            if syntaxes is None:
                self._note(f"there are no transfer syntaxes [{label[:40]}]", entry.line)
                continue
            if syntaxes.name not in self.known_syntaxes:
                found = islice(self._transfer_syntaxes(syntaxes), MOST_SYNTAXES)
                self.known_syntaxes[syntaxes.name] = tuple(found)
            if uids := self.known_syntaxes[syntaxes.name]:
                yield ProposedContext(uid, uids)
            else:
                self._note(f"no transfer syntax of [{label[:40]}] is known", entry.line)

    def _transfer_syntaxes(self, section: Section) -> Iterator[str]:
        for entry in self._numbered(section, "TRANSFERSYNTAX"):
            if uid := uid_of(entry.value):
                yield uid
            else:
                self._note(f"the transfer syntax {entry.value[:60]!a} is not known", entry.line)

    def _roles(self, profile: Section) -> Iterator[RoleProposal]:
        # DCMTK's own name has SCP first; people write it the other way round, too.
        names = ("SCPSCUROLESELECTION", "SCUSCPROLESELECTION")
        for name in names:
            if reference := profile.entries.get(name):
                group = next((each for each in names if each in self.tree), name)
                for entry, uid, role in self._pairs(group, reference, "ROLE"):
                    if role.upper() in _ROLES:
                        yield RoleProposal(uid, *_ROLES[role.upper()])
                    else:
                        self._note(f"{role[:40]!a} is no role: SCU, SCP or BOTH", entry.line)

    def _extended(self, profile: Section) -> Iterator[ExtendedNegotiation]:
        if reference := profile.entries.get("EXTENDEDNEGOTIATION"):
            for entry, uid, digits in self._pairs("EXTENDEDNEGOTIATION", reference, "EXTENDEDNEGOTIATION"):
                if re.fullmatch("(?:[0-9A-Fa-f]{2})*", digits):
                    yield ExtendedNegotiation(uid, bytes.fromhex(digits))
                else:
                    self._note("the extended negotiation is not written as pairs of hexadecimal digits", entry.line)

    def _pairs(self, group: str, reference: Entry, prefix: str) -> tuple[Pair, ...]:
        r"""The entries ``UID\something`` of the section that is referred to, with both halves, gone through once."""
        key = group, _key(reference.value)
        if key not in self.known_pairs:
            pairs = tuple(islice(self._read_pairs(group, reference, prefix), MOST_ENTRIES))
            if len(pairs) == MOST_ENTRIES:
                self._note(f"of [{reference.value[:40]}] the first {MOST_ENTRIES} entries were read", reference.line)
            self.known_pairs[key] = pairs
        return self.known_pairs[key]

    def _read_pairs(self, group: str, reference: Entry, prefix: str) -> Iterator[Pair]:
        section = self.tree.get(group, {}).get(_key(reference.value))
        if section is None:
            self._note(f"there is no section [{reference.value[:40]}] to refer to", reference.line)
            return
        for entry in self._numbered(section, prefix):
            name, separator, rest = entry.value.partition("\\")
            if not separator:
                self._note("there is no backslash between the UID and what belongs to it", entry.line)
            elif uid := uid_of(name):
                yield entry, uid, rest.strip()
            else:
                self._note(f"the SOP class {name[:60]!a} is not known", entry.line)

    def _numbered(self, section: Section, prefix: str) -> Iterator[Entry]:
        """The entries from number 1 on, as far as DCMTK would read them."""
        number = 0
        while entry := section.entries.get(f"{prefix}{number + 1}"):
            number += 1
            yield entry
        for key, entry in section.entries.items():
            rest = key.removeprefix(prefix)
            if rest == key or not re.fullmatch("[1-9][0-9]{0,6}", rest):
                self._note(f"{key[:40]!a} is no key that belongs here", entry.line)
            elif int(rest) > number:
                self._note(f"it is not read, as there is no {prefix.title()}{number + 1}", entry.line)

    def _note(self, reason: str, line: int) -> None:
        """Sections that several profiles refer to are looked at once for each, and complained about once."""
        problem = Problem(reason, line)
        if len(self.problems) < MOST_PROFILES and problem not in self.noted:
            self.noted.add(problem)
            self.problems.append(problem)


def _joined(profiles: list[Profile]) -> Iterator[Profile]:
    """Two sides of one profile as one."""
    by_name = {profile.name.upper(): profile for profile in profiles}
    for profile in profiles:
        stem, side = profile.name[:-4], profile.name[-4:].upper()
        other = by_name.get(stem.upper() + SIDES[1 - SIDES.index(side)]) if stem and side in SIDES else None
        if other is None:
            yield profile
        elif side == SIDES[0]:
            yield Profile(stem, profile.scu, other.scp)


# --- writing ---------------------------------------------------------------------------------------------------------

HEADING = (
    "# Association negotiation profiles of DCMTK, written by Parley.",
    "# storescu -xf THIS_FILE NAME_SCU ...   storescp -xf THIS_FILE NAME_SCP ...",
)


def section_name(name: str) -> str:
    """A profile's name as the name of a section: capitals, digits and underscores."""
    return re.sub("[^A-Z0-9]+", "_", name.upper()).strip("_")[:60] or "PROFILE"


def write_asconfig(profiles: Iterable[Profile]) -> Exported:
    """A file that DCMTK reads, with both sides of each profile; what DCMTK would refuse is left out and told."""
    writer = _Writer()
    for profile in profiles:
        label = writer.label(profile.name)
        scu, scp = profile.scu.handle, profile.scp.handle
        writer.add(label + SIDES[0], scu.contexts, scu.roles, scu.extended_negotiation)
        writer.add(label + SIDES[1], scp.contexts, scp.roles, scp.extended_negotiation)
    return Exported(writer.text().encode(), tuple(writer.problems))


class _Writer:
    """Collects the sections; equal lists of transfer syntaxes are written once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._labels: set[str] = set()
        self._syntaxes: dict[tuple[str, ...], str] = {}
        self._groups: dict[str, list[str]] = {
            name: [] for name in ("PresentationContexts", "SCPSCURoleSelection", "ExtendedNegotiation", "Profiles")
        }

    def label(self, name: str) -> str:
        """A name that a section can have and no other one has."""
        stem = section_name(name)
        number, label = 1, stem
        while label in self._labels:
            number += 1
            label = f"{stem}_{number}"
        self._labels.add(label)
        return label

    def add(
        self,
        label: str,
        contexts: Iterable[ProposedContext | SupportedContext],
        roles: Iterable[RoleProposal],
        extended: Iterable[ExtendedNegotiation],
    ) -> None:
        """One profile, unless it has no presentation context that can be written."""
        written = list(self._contexts(label, contexts))
        if not written:
            self._note("left out, as it has no presentation context that DCMTK can read", label)
            return
        there = {context.abstract_syntax for context in written}
        lines = [f"PresentationContexts = {label}"]
        self._groups["PresentationContexts"] += _section(
            label,
            "PresentationContext",
            [(f"{c.abstract_syntax}\\{self._syntaxes_label(c.transfer_syntaxes)}", c.abstract_syntax) for c in written],
        )
        kept_roles = list(self._roles(label, roles, there))
        if kept_roles:
            lines.append(f"SCPSCURoleSelection = {label}")
            pairs = [(f"{role.sop_class_uid}\\{_ROLE_NAMES[role.scu, role.scp]}", "") for role in kept_roles]
            self._groups["SCPSCURoleSelection"] += _section(label, "Role", pairs)
        kept_extended = list(self._extended(label, extended, there))
        if kept_extended:
            lines.append(f"ExtendedNegotiation = {label}")
            pairs = [(f"{each.sop_class_uid}\\{each.information.hex().upper()}", "") for each in kept_extended]
            self._groups["ExtendedNegotiation"] += _section(label, "ExtendedNegotiation", pairs)
        self._groups["Profiles"] += [f"[{label}]", *lines, ""]

    def text(self) -> str:
        """The whole file."""
        lines = [*HEADING, "", "[[TransferSyntaxes]]", ""]
        for syntaxes, label in self._syntaxes.items():
            lines += _section(label, "TransferSyntax", [(uid, uid) for uid in syntaxes])
        for name, group in self._groups.items():
            if group or name in {"PresentationContexts", "Profiles"}:
                lines += [f"[[{name}]]", "", *group]
        return "\n".join(lines)

    def _contexts(
        self, label: str, contexts: Iterable[ProposedContext | SupportedContext]
    ) -> Iterator[ProposedContext | SupportedContext]:
        count = 0
        seen: set[str] = set()
        for context in contexts:
            syntaxes = tuple(dict.fromkeys(filter(UID.fullmatch, context.transfer_syntaxes)))
            where = f"{label}, {context.abstract_syntax[:64]}"
            if not UID.fullmatch(context.abstract_syntax):
                self._note("a presentation context is left out: its abstract syntax is no UID", where)
            elif not syntaxes:
                self._note("the presentation context is left out: it has no transfer syntax", where)
            elif isinstance(context, SupportedContext) and context.abstract_syntax in seen:
                self._note("the presentation context is left out: there is one for its abstract syntax already", where)
            elif count == MOST_CONTEXTS and isinstance(context, ProposedContext):
                self._note(f"only the first {MOST_CONTEXTS} presentation contexts are written", label)
            else:
                if syntaxes != context.transfer_syntaxes:
                    self._note("transfer syntaxes are left out that are no UIDs or are there twice", where)
                if isinstance(context, ProposedContext) and context.context_id not in {None, 2 * count + 1}:
                    self._note("DCMTK numbers presentation contexts itself", where)
                count += 1
                seen.add(context.abstract_syntax)
                yield replace(context, transfer_syntaxes=syntaxes)

    def _roles(self, label: str, roles: Iterable[RoleProposal], there: set[str]) -> Iterator[RoleProposal]:
        seen: set[str] = set()
        for role in roles:
            where = f"{label}, {role.sop_class_uid[:64]}"
            if (role.scu, role.scp) not in _ROLE_NAMES:
                self._note("the role selection is left out: DCMTK knows SCU, SCP and BOTH", where)
            elif role.sop_class_uid not in there or role.sop_class_uid in seen:
                self._note("the role selection is left out: DCMTK wants one for a SOP class that is proposed", where)
            else:
                seen.add(role.sop_class_uid)
                yield role

    def _extended(
        self, label: str, extended: Iterable[ExtendedNegotiation], there: set[str]
    ) -> Iterator[ExtendedNegotiation]:
        seen: set[str] = set()
        for each in extended:
            where = f"{label}, {each.sop_class_uid[:64]}"
            if each.sop_class_uid not in there or each.sop_class_uid in seen:
                self._note("the extended negotiation is left out: DCMTK wants one for a SOP class that is there", where)
            elif not 0 < len(each.information) < MOST_INFORMATION:
                self._note(f"the extended negotiation is left out: it is empty or {MOST_INFORMATION} bytes long", where)
            else:
                seen.add(each.sop_class_uid)
                yield each

    def _syntaxes_label(self, syntaxes: tuple[str, ...]) -> str:
        return self._syntaxes.setdefault(syntaxes, f"SYNTAXES_{len(self._syntaxes) + 1}")

    def _note(self, reason: str, where: str) -> None:
        problem = Problem(reason, where=where)
        if problem not in self.problems:
            self.problems.append(problem)


def _section(label: str, key: str, values: Iterable[tuple[str, str]]) -> list[str]:
    """Numbered keys; above each, as a comment, the name of the UID that it is about where one is given."""
    lines = [f"[{label}]"]
    for number, (value, uid) in enumerate(values, 1):
        lines += [f"# {name_of(uid)}"] if name_of(uid) else []
        lines.append(f"{key}{number} = {value}")
    return [*lines, ""]
