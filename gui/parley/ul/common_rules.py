"""The rules of `conformance` that a request and an acceptance share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from parley.ul.codes import APPLICATION_CONTEXT
from parley.ul.errors import Finding, Severity
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    AbstractSyntax,
    ApplicationContext,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    TransferSyntax,
    UserIdentityAc,
    UserIdentityRq,
    UserInformation,
    significant,
)
from parley.ul.text_rules import uid_problem, version_name_problem

Findings = Iterator[Finding]
T = TypeVar("T")

_DEFAULT_LENGTH = "Use 16384, which every known implementation takes."
_SMALLEST_USUAL_LENGTH = 4096
_LARGEST_USUAL_LENGTH = 131072


def error(field: str, text: str, remedy: str = "") -> Finding:
    """A *shall* of the standard is broken."""
    return Finding(Severity.ERROR, field, -1, text, remedy)


def warning(field: str, text: str, remedy: str = "") -> Finding:
    """It is known to upset real peers, or is most likely not meant."""
    return Finding(Severity.WARNING, field, -1, text, remedy)


def note(field: str, text: str, remedy: str = "") -> Finding:
    """It is worth knowing."""
    return Finding(Severity.NOTE, field, -1, text, remedy)


class Contents:
    """What an A-ASSOCIATE PDU consists of, sorted by kind once for all rules: a peer may have sent thousands of items.

    Attributes:
        pdu: the PDU.
    """

    def __init__(self, pdu: AAssociateRq | AAssociateAc) -> None:
        self.pdu = pdu
        self._items = _by_kind(pdu.items)
        self._sub_items: dict[type, list[tuple[int, Any]]] = {}
        self._information = "items"
        for path, information in islice(self.each(UserInformation), 1):
            self._information = f"{path}.sub_items"
            self._sub_items = _by_kind(information.sub_items)

    @property
    def user_information_path(self) -> str:
        """Where a sub-item is missing."""
        return self._information

    def each(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """The items of one kind with their paths."""
        return ((f"items[{index}]", item) for index, item in self._items.get(kind, ()))

    def each_sub_item(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """The sub-items of one kind in the first user information item, with their paths."""
        return ((f"{self._information}[{index}]", item) for index, item in self._sub_items.get(kind, ()))


def _by_kind(items: Iterable[object]) -> dict[type, list[tuple[int, Any]]]:
    """Items with their indices, by their classes."""
    found: dict[type, list[tuple[int, Any]]] = defaultdict(list)
    for each in enumerate(items):
        found[type(each[1])].append(each)
    return found


def repeated(found: Iterable[tuple[str, object]], what: str) -> Findings:
    """Every one of something that may be there once, but for the first."""
    for path, _ in islice(found, 1, None):
        yield error(path, f"There is more than one {what}.", "Send one of them only.")


def repeated_uids(found: Iterable[tuple[str, str]], what: str) -> Findings:
    """Every SOP class that has something twice which it may have once."""
    seen: set[str] = set()
    for path, uid in found:
        name = significant(uid)
        if name in seen:
            yield error(path, f"There is more than one {what} for {name}.", "Send one of them only.")
        seen.add(name)


def uid_findings(path: str, what: str, uid: str) -> Findings:
    """What is wrong with a UID."""
    if problem := uid_problem(uid):
        yield error(path, f"The {what} {problem}.", "Write it as digits and dots, 64 characters at the most.")


def syntax_findings(path: str, sub_items: Iterable[object]) -> Findings:
    """What is wrong with the UIDs in a presentation context."""
    for index, item in enumerate(sub_items):
        if type(item) is TransferSyntax:
            problem, what = uid_problem(item.uid), "transfer syntax"
        elif type(item) is AbstractSyntax:
            problem, what = uid_problem(item.uid), "abstract syntax"
        else:
            continue
        if problem:
            yield from uid_findings(f"{path}.sub_items[{index}].uid", what, item.uid)


def association_findings(contents: Contents) -> Findings:
    """What is wrong or risky in what a request and an acceptance have in common."""
    yield from _version_findings(contents.pdu)
    yield from _application_context_findings(contents)
    yield from repeated(contents.each(UserInformation), "user information item")
    if contents.user_information_path == "items":
        yield error("items", "There is no user information item.", "Send one with a maximum length in it.")
        return
    yield from _maximum_length_findings(contents)
    yield from _implementation_findings(contents)
    yield from _asynchronous_findings(contents)
    yield from _role_findings(contents)
    yield from _extended_findings(contents)


def _version_findings(pdu: AAssociateRq | AAssociateAc) -> Findings:
    if not 0 <= pdu.protocol_version <= 0xFFFF:
        yield error("protocol_version", f"Protocol version {pdu.protocol_version} does not fit 2 bytes.", "Use 1.")
    elif not pdu.protocol_version & 1:
        text = f"Protocol version {pdu.protocol_version} does not have bit 0, which stands for version 1."
        yield error("protocol_version", text, "Use 1.")
    elif pdu.protocol_version != 1:
        text = f"Protocol version {pdu.protocol_version} is allowed, as only bit 0 is tested, but some peers refuse it."
        yield warning("protocol_version", text, "Use 1.")


def _application_context_findings(contents: Contents) -> Findings:
    found = list(contents.each(ApplicationContext))
    if not found:
        yield error("items", "There is no application context name.", f"Send {APPLICATION_CONTEXT}.")
    yield from repeated(found, "application context name")
    for path, item in found:
        if significant(item.name) != APPLICATION_CONTEXT:
            text = f"The application context name is not {APPLICATION_CONTEXT}, the only one there is."
            yield error(f"{path}.name", text, f"Send {APPLICATION_CONTEXT}.")
        else:
            yield from uid_findings(f"{path}.name", "application context name", item.name)


def _maximum_length_findings(contents: Contents) -> Findings:
    found = list(contents.each_sub_item(MaximumLength))
    if not found:
        text = "There is no maximum length (51H), which is required; peers then assume one of their own."
        yield warning(contents.user_information_path, text, _DEFAULT_LENGTH)
    yield from repeated(found, "maximum length")
    for path, item in found:
        field = f"{path}.length"
        if not 0 <= item.length <= 0xFFFFFFFF:
            yield error(field, f"Maximum length {item.length} does not fit 4 bytes.", _DEFAULT_LENGTH)
        elif item.length == 0:
            yield warning(field, "Maximum length 0 means no limit; some older peers break on it.", _DEFAULT_LENGTH)
        elif item.length <= 6:
            text = f"Maximum length {item.length} leaves no room for any data: 6 bytes go to each fragment's frame."
            yield error(field, text, _DEFAULT_LENGTH)
        elif item.length < _SMALLEST_USUAL_LENGTH:
            text = f"Maximum length {item.length} is unusually small; many peers take {_SMALLEST_USUAL_LENGTH} or more."
            yield warning(field, text, _DEFAULT_LENGTH)
        elif item.length > _LARGEST_USUAL_LENGTH:
            text = f"Maximum length {item.length} is unusually large; many peers cut it to {_LARGEST_USUAL_LENGTH}."
            yield warning(field, text, f"Use {_LARGEST_USUAL_LENGTH} or less.")


def _implementation_findings(contents: Contents) -> Findings:
    uids = list(contents.each_sub_item(ImplementationClassUid))
    if not uids:
        text = "There is no implementation class UID (52H), which is required."
        yield warning(contents.user_information_path, text, "Send the UID of the implementation.")
    yield from repeated(uids, "implementation class UID")
    for path, item in uids:
        yield from uid_findings(f"{path}.uid", "implementation class UID", item.uid)
    names = list(contents.each_sub_item(ImplementationVersionName))
    yield from repeated(names, "implementation version name")
    for path, name in names:
        if problem := version_name_problem(name.name):
            text = f"The implementation version name {problem}; some peers abort."
            yield error(f"{path}.name", text, "Use 1 to 16 printable ASCII characters.")


def _asynchronous_findings(contents: Contents) -> Findings:
    found = list(contents.each_sub_item(AsynchronousOperationsWindow))
    yield from repeated(found, "asynchronous operations window")
    if isinstance(contents.pdu, AAssociateAc):
        what, remedy = "granted to the requestor", "Leave it out: one operation at a time then holds."
    else:
        what, remedy = "asked for", "Leave it out, unless the peer is known to want it."
    for path, item in found:
        text = f"An asynchronous operations window of {item.invoked}/{item.performed} is {what}"
        is_default = (item.invoked, item.performed) == (1, 1)
        why = "it is the default, and some peers break on the item itself" if is_default else "some peers break"
        yield warning(path, f"{text}; {why}.", remedy)


def _role_findings(contents: Contents) -> Findings:
    found = list(contents.each_sub_item(RoleSelection))
    yield from repeated_uids([(path, item.sop_class_uid) for path, item in found], "role selection")
    is_answer = isinstance(contents.pdu, AAssociateAc)
    for path, item in found:
        uid = significant(item.sop_class_uid)
        yield from uid_findings(f"{path}.sop_class_uid", "SOP class UID of a role selection", item.sop_class_uid)
        for attribute, value in (("scu", item.scu), ("scp", item.scp)):
            if value > 1:
                text = f"The {attribute.upper()} role is {value}, neither 0 nor 1."
                yield error(f"{path}.{attribute}", text, "Use 1 for yes, 0 for no.")
        if (item.scu, item.scp) == (0, 0) and is_answer:
            text = f"The requestor is granted neither role for {uid}, so that nothing can be done with it."
            yield warning(path, text, "Grant a role that is asked for, or leave this out for the default ones.")
        elif (item.scu, item.scp) == (0, 0):
            text = f"The requestor proposes neither role for {uid}, so that nothing can be done with it."
            yield warning(path, text, "Choose a role, or leave the role selection out for the default ones.")


def _extended_findings(contents: Contents) -> Findings:
    kinds: tuple[tuple[type[SopClassExtendedNegotiation | SopClassCommonExtendedNegotiation], str], ...] = (
        (SopClassExtendedNegotiation, "extended negotiation"),
        (SopClassCommonExtendedNegotiation, "common extended negotiation"),
    )
    for kind, what in kinds:
        found = [(f"{path}.sop_class_uid", item.sop_class_uid) for path, item in contents.each_sub_item(kind)]
        yield from repeated_uids(found, what)
        for path, uid in found:
            yield from uid_findings(path, f"SOP class UID in {what}", uid)
    yield from repeated(contents.each_sub_item(UserIdentityRq), "user identity")
    yield from repeated(contents.each_sub_item(UserIdentityAc), "answer to the user identity")
