"""What a person should know about a side before using it, by the editors' field names.

No problem keeps anyone from sending: `parley.model.build` makes something sendable of everything. The rules about what
goes into a PDU are `parley.ul.conformance`'s, asked here with the values as they were typed; only what never gets into
a PDU, or does not fit into one, has its rules in this module.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from parley.model.build import request_pdu
from parley.model.contexts import context_ids
from parley.model.fit import CODE, MAXIMUM_LENGTH, PROTOCOL_VERSION
from parley.model.handle import AcceptorHandle, RequestorHandle
from parley.model.profile import AcceptorSide, RequestorSide, Timers
from parley.ul.codes import RejectResult, RejectSource, reject_reason
from parley.ul.common_rules import association_findings
from parley.ul.conformance import check_request
from parley.ul.errors import Finding, Severity
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    ApplicationContext,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PresentationContextRq,
    UserInformation,
    UserInformationSubItem,
    significant,
)
from parley.ul.text_rules import title_problem, uid_problem

OTHER_SERVICES = {
    22: "SSH",
    80: "HTTP",
    443: "HTTPS",
    2762: "DICOM over TLS",
    3389: "Remote Desktop",
    8042: "Orthanc's HTTP server, whose DICOM port is 4242",
    8080: "HTTP",
    8443: "HTTPS",
}
"""What commonly listens where people hope for DICOM."""

EVERY_ADDRESS = {"0.0.0.0", "::", "*"}
FIRST_UNPRIVILEGED_PORT = 1024
ITEM_52H = "52H"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something noteworthy in one field.

    Attributes:
        severity: an error breaks the standard or cannot work, a warning is known to cause trouble, a note is to know.
        field: as in the side or handle, ``called_ae_title``, ``contexts[2].transfer_syntaxes``, ``timers.connect`` …;
            ``contexts`` where it is about all of them.
        text: one sentence for a person.
        remedy: what to do about it; may be empty.
    """

    severity: Severity
    field: str
    text: str
    remedy: str = ""


Problems = Iterator[Problem]


def check_requestor(side: RequestorSide) -> tuple[Problem, ...]:
    """What is wrong or risky with an SCU's settings, in the order of the editor."""
    return (
        *_host_problems(side.host, "the peer's name or address"),
        *_called_port_problems(side.port),
        *_request_problems(side.handle),
        *_timer_problems(side.timers),
    )


def check_acceptor(side: AcceptorSide) -> tuple[Problem, ...]:
    """What is wrong or risky with an SCP's settings, in the order of the editor."""
    return (
        *_listening_problems(side),
        *_acceptor_title_problems(side),
        *_answer_problems(side.handle),
        *_supported_context_problems(side.handle),
        *_rejection_problems(side),
        *_timer_problems(side.timers),
    )


def _error(field: str, text: str, remedy: str = "") -> Problem:
    return Problem(Severity.ERROR, field, text, remedy)


def _warning(field: str, text: str, remedy: str = "") -> Problem:
    return Problem(Severity.WARNING, field, text, remedy)


# --- the connection --------------------------------------------------------------------------------------------------


def _host_problems(host: str, what: str) -> Problems:
    if not host.strip():
        yield _error("host", "The host is empty.", f"Give {what}.")
    elif "/" in host:
        yield _error("host", "The host looks like a web address.", f"Give {what} alone, without :// and path.")
    elif re.search(r"\s", host):
        yield _error("host", "The host has a blank in it.", "Leave it out.")
    elif re.fullmatch(r"[^:]+:\d+", host):
        yield _error("host", "The host has a port behind it.", "Put the number into the port field.")


def _called_port_problems(port: int) -> Problems:
    if not 1 <= port <= 65535:
        yield _error("port", f"Port {port} does not exist.", "Use 1 to 65535; DICOM is mostly at 104 or 11112.")
    elif service := OTHER_SERVICES.get(port):
        yield _warning("port", f"Port {port} usually belongs to {service}.", "Use the peer's DICOM port.")


def _listening_problems(side: AcceptorSide) -> Problems:
    yield from _host_problems(side.host, "the address to listen at, 0.0.0.0 for every address of this machine")
    if side.host.strip() in EVERY_ADDRESS:
        text = "Every machine that reaches this one can connect."
        yield Problem(Severity.NOTE, "host", text, "Use 127.0.0.1 to be reached from this machine only.")
    if not 0 <= side.port <= 65535:
        yield _error("port", f"Port {side.port} does not exist.", "Use 1 to 65535; 11112 is registered for DICOM.")
    elif side.port == 0:
        yield Problem(Severity.NOTE, "port", "The system will choose a free port.")
    elif side.port < FIRST_UNPRIVILEGED_PORT:
        text = f"Listening at port {side.port} needs administrator rights on many systems."
        yield _warning("port", text, "Use 11112, which is registered for DICOM too.")
    if side.maximum_associations < 1:
        text = f"With a limit of {side.maximum_associations} associations, every request is rejected."
        yield _error("maximum_associations", text, "Use 1 or more.")


def _timer_problems(timers: Timers) -> Problems:
    for field in fields(Timers):
        seconds = getattr(timers, field.name)
        if seconds is not None and not (seconds > 0 and math.isfinite(seconds)):
            text = f"A timer of {seconds:g} seconds cannot run."
            yield _error(f"timers.{field.name}", text, "Give more than 0 seconds, or switch it off.")


# --- what a requestor sends ------------------------------------------------------------------------------------------


def _request_problems(handle: RequestorHandle) -> Problems:
    typed = _request_as_typed(handle)
    yield from _unfit_numbers(handle)
    yield from _located(typed, check_request(typed), handle)
    sent = request_pdu(handle).presentation_contexts
    for index, (context, item) in enumerate(zip(handle.contexts, sent, strict=True)):
        room = len(item.transfer_syntaxes)
        if room < len(context.transfer_syntaxes):
            text = f"Only the first {room} of {len(context.transfer_syntaxes)} transfer syntaxes fit into the context."
            yield _error(f"contexts[{index}].transfer_syntaxes", text, "Spread them over several contexts.")


def _request_as_typed(handle: RequestorHandle) -> AAssociateRq:
    """A request that nobody could encode, perhaps, but that says what stands in the editor."""
    contexts = (
        PresentationContextRq.of(
            number if context.context_id is None else context.context_id,
            context.abstract_syntax,
            context.transfer_syntaxes,
        )
        for number, context in zip(context_ids(handle.contexts), handle.contexts, strict=True)
    )
    return AAssociateRq(
        handle.called_ae_title,
        handle.calling_ae_title,
        (ApplicationContext(handle.application_context), *contexts, _information_as_typed(handle)),
        handle.protocol_version,
    )


def _information_as_typed(handle: RequestorHandle | AcceptorHandle) -> UserInformation:
    sub_items: list[UserInformationSubItem] = []
    if handle.maximum_length is not None:
        sub_items.append(MaximumLength(handle.maximum_length))
    if handle.implementation_class_uid is not None:
        sub_items.append(ImplementationClassUid(handle.implementation_class_uid))
    if handle.implementation_version_name is not None:
        sub_items.append(ImplementationVersionName(handle.implementation_version_name))
    return UserInformation(tuple(sub_items))


def _unfit_numbers(handle: RequestorHandle | AcceptorHandle) -> Problems:
    for field, range_, value in (
        ("maximum_length", MAXIMUM_LENGTH, handle.maximum_length),
        ("protocol_version", PROTOCOL_VERSION, handle.protocol_version),
    ):
        if value is not None and value not in range_:
            text = f"{value} does not fit into its field, which holds {range_[0]} to {range_[-1]}."
            yield _error(field, text, "The nearest number will be sent.")


def _located(
    pdu: AAssociateRq | AAssociateAc, findings: Iterable[Finding], handle: RequestorHandle | AcceptorHandle
) -> Problems:
    """The findings as problems of the fields that they come from; a field that is unfit anyway has said so."""
    unfit = {problem.field for problem in _unfit_numbers(handle)}
    for finding in findings:
        field = _field(pdu, finding)
        if field not in unfit:
            yield Problem(finding.severity, field, finding.text, finding.remedy)


_PATH = re.compile(r"items\[(?P<item>\d+)\](\.sub_items(\[(?P<sub_item>\d+)\])?)?(\.(?P<leaf>\w+))?")

_IDENTITY_FIELDS: dict[type, str] = {
    MaximumLength: "maximum_length",
    ImplementationClassUid: "implementation_class_uid",
    ImplementationVersionName: "implementation_version_name",
}


def _field(pdu: AAssociateRq | AAssociateAc, finding: Finding) -> str:
    """The editor's name of the field that a finding's path leads to, the items being in the order of `build`."""
    path = _PATH.fullmatch(finding.field)
    if path is None:
        return "contexts" if finding.field == "items" else finding.field
    index = int(path["item"])
    match pdu.items[index]:
        case ApplicationContext():
            return "application_context"
        case UserInformation(sub_items):
            if path["sub_item"]:
                return _IDENTITY_FIELDS[type(sub_items[int(path["sub_item"])])]
            # Both that may be missing are found at the same place; the standard's number tells which it is.
            return "implementation_class_uid" if ITEM_52H in finding.text else "maximum_length"
    context = f"contexts[{index - 1}]"
    if path["leaf"] == "context_id":
        return f"{context}.context_id"
    if path["sub_item"] == "0":
        return f"{context}.abstract_syntax"
    return f"{context}.transfer_syntaxes" if ".sub_items" in finding.field else "contexts"


# --- what an acceptor answers ----------------------------------------------------------------------------------------


def _answer_problems(handle: AcceptorHandle) -> Problems:
    items = ApplicationContext(handle.application_context), _information_as_typed(handle)
    typed = AAssociateAc("", "", items, handle.protocol_version)
    yield from _unfit_numbers(handle)
    yield from _located(typed, association_findings(typed), handle)


def _acceptor_title_problems(side: AcceptorSide) -> Problems:
    advice = "Use 1 to 16 printable ASCII characters."
    if problem := title_problem(side.handle.ae_title):
        yield _error("ae_title", f"The AE title {problem}.", advice)
    for title in side.rules.calling_ae_titles:
        if problem := title_problem(title):
            yield _error("calling_ae_titles", f"The calling AE title {title!r} {problem}.", advice)


def _supported_context_problems(handle: AcceptorHandle) -> Problems:
    if not handle.contexts:
        text = "No presentation context is supported, so none can be accepted."
        yield _warning("contexts", text, "Add one at least, such as Verification.")
    listed = Counter(significant(context.abstract_syntax) for context in handle.contexts)
    advice = "Write it as digits and dots, 64 characters at the most."
    for index, context in enumerate(handle.contexts):
        field = f"contexts[{index}]"
        if problem := uid_problem(context.abstract_syntax):
            yield _error(f"{field}.abstract_syntax", f"The abstract syntax {problem}.", advice)
        elif listed[context.abstract_syntax] > 1:
            text = f"{context.abstract_syntax} is listed {listed[context.abstract_syntax]} times."
            yield _warning(f"{field}.abstract_syntax", text, "Their transfer syntaxes count together: one is enough.")
        if not context.transfer_syntaxes:
            text = "Without a transfer syntax, the context is never accepted."
            yield _warning(f"{field}.transfer_syntaxes", text, "Add one at least, such as Implicit VR Little Endian.")
        for uid in context.transfer_syntaxes:
            if problem := uid_problem(uid):
                yield _error(f"{field}.transfer_syntaxes", f"The transfer syntax {problem}.", advice)


def _rejection_problems(side: AcceptorSide) -> Problems:
    codes = side.rules.reject_all
    if codes is None:
        return
    numbers = (codes.result, codes.source, codes.reason)
    if not all(number in CODE for number in numbers):
        yield _error("reject_all", f"The codes {codes} do not fit into a byte each.", "Use numbers from 0 to 255.")
    elif any(
        code.is_reserved
        for code in (RejectResult(codes.result), RejectSource(codes.source), reject_reason(codes.source, codes.reason))
    ):
        text = f"The codes {codes} are reserved; some peers show others in their place, or fail."
        yield _warning("reject_all", text, "Use 1/1/7 or another that the standard has, unless this is what you test.")
