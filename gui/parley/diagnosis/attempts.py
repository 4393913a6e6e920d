"""Verdicts on a requestor's attempts: one row for each way they end, with the facts that tell usual causes apart."""

from __future__ import annotations

from dataclasses import replace

from parley.diagnosis.contexts import none_accepted, some_rejected
from parley.diagnosis.rejections import abort, rejection
from parley.diagnosis.secure import FAILED, certificate_missed, misses_certificate, tls_failure
from parley.diagnosis.verdict import Failure, Verdict
from parley.model.address import host_and_port, is_loopback
from parley.model.attempt import Attempt, AttemptEnd
from parley.ul.codes import RejectResult
from parley.ul.conformance import check_accept, check_request
from parley.ul.errors import Finding, Severity
from parley.ul.foreign import recognise
from parley.ul.negotiation import outcome
from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, AAssociateRq, significant

AT_ONCE = 1000.0
"""Milliseconds within which a peer that closes the connection has not been waiting for anything."""

ENDS: dict[AttemptEnd, Failure] = {
    AttemptEnd.NOT_SENT: Failure("not_sent", "Nothing was sent: {detail}.", "Correct that, and try again."),
    AttemptEnd.RESOLVE_FAILED: Failure(
        "host_unknown",
        "There is no address for the host {host}: {detail}.",
        "Check the spelling, or give the address in numbers. If the name is right, this machine's name service is not.",
    ),
    AttemptEnd.LOCAL_ADDRESS_FAILED: Failure(
        "local_address_failed",
        "This side cannot connect from {detail}.",
        "Connect from an address that this machine has and that can reach the peer, or let the system choose it.",
    ),
    AttemptEnd.LOCAL_PORT_TAKEN: Failure(
        "local_port_taken",
        "This side cannot connect from {detail}.",
        "Take 0 as local port, for any free one, or end what uses this one. After an association, the system may keep "
        "its port for some minutes.",
    ),
    AttemptEnd.CONNECT_REFUSED: Failure(
        "connection_refused",
        "{host} answers, but nothing listens at port {port}.",
        "Check the port number and whether the peer's DICOM service runs. It may also listen at another address only, "
        "or its container may not publish the port.",
    ),
    AttemptEnd.CONNECT_TIMEOUT: Failure(
        "connection_timeout",
        "{host} does not answer at port {port}: {detail}.",
        "The address is wrong, the machine is off, or a firewall on the way drops the packets silently. Ask who "
        "maintains the network whether this machine may reach that port.",
    ),
    AttemptEnd.CONNECT_FAILED: Failure(
        "connect_failed",
        "No connection to {host} at port {port}: {detail}.",
        "Check the address, the port and this machine's network.",
    ),
    AttemptEnd.NO_DESCRIPTORS: Failure(
        "too_many_open_files",
        "No connection to {host} was tried: this program has as many connections and files open as the system allows.",
        "End associations that are not needed, or raise the limit.",
    ),
    AttemptEnd.TLS_FAILED: FAILED,
    AttemptEnd.NO_ANSWER: Failure(
        "no_answer",
        "The connection was made, but the peer did not answer the request: {detail}.",
        "Make sure that the port is the peer's DICOM port: other services wait for something else and stay silent. A "
        "busy peer may need longer: raise the association response timer.",
    ),
    AttemptEnd.CLOSED_BY_PEER: Failure(
        "closed_without_answer",
        "The peer closed the connection {when} the request, without a word.",
        "{remedy}",
    ),
    AttemptEnd.RESET_BY_PEER: Failure(
        "reset_without_answer",
        "The peer broke the connection off {when} the request, without a word.",
        "{remedy}",
    ),
    AttemptEnd.NOT_UNDERSTOOD: Failure(
        "answer_not_understood",
        "The peer's answer cannot be understood: {detail}.",
        "If the port is certainly the peer's DICOM port, the peer breaks the protocol: keep the bytes from the log.",
    ),
    AttemptEnd.CANCELLED: Failure("cancelled", "The attempt was ended on this side before the peer answered.", ""),
}

FORBIDDEN = frozenset({"EACCES", "EPERM"})

UNREACHABLE: tuple[tuple[frozenset[str], Failure], ...] = (
    (
        frozenset({"EHOSTUNREACH", "EHOSTDOWN"}),
        Failure(
            "host_unreachable",
            "{host} cannot be reached: {detail}.",
            "The machine is off or not in this network, or a firewall says no. Check the address and the cabling.",
        ),
    ),
    (
        frozenset({"ENETUNREACH", "ENETDOWN"}),
        Failure(
            "network_unreachable",
            "This machine knows no way to the network of {host}: {detail}.",
            "Check this machine's own network connection, its VPN and its routes.",
        ),
    ),
    (
        FORBIDDEN,
        Failure(
            "connect_not_permitted",
            "This machine does not let the connection to {host} at port {port} out: {detail}.",
            "A firewall or security program on this machine is in the way.",
        ),
    ),
)
"""By the name of the system's error."""

LOCAL_PORT_FORBIDDEN = Failure(
    "local_port_not_permitted",
    "This side cannot connect from {detail}.",
    "Ports below 1024 need administrator rights on many systems: take a higher one, or 0 for any free one.",
)

CLOSED_AT_ONCE = (
    "That is what a port does that wants TLS, or a peer that admits only the addresses it knows. Ask whether the port "
    "is for TLS, have this machine's address admitted, and look into the peer's log."
)
CLOSED_LATER = (
    "The peer waited first: it may not have understood the request, or something behind it did not answer. Its log "
    "should say more."
)

FOREIGN: tuple[tuple[str, Failure], ...] = (
    (
        "TLS",
        Failure(
            "answer_tls",
            "The peer answered with {what}: this port speaks TLS.",
            "Switch TLS on, or use the peer's port for plain DICOM.",
        ),
    ),
    (
        "HTTP",
        Failure(
            "answer_http",
            "The peer answered with {what}: a web server is at this port.",
            "Use the DICOM port of the same machine, often 104, 4242 or 11112, not the port of its web pages.",
        ),
    ),
    (
        "",
        Failure(
            "answer_foreign",
            "The peer answered with {what}: another service is at this port.",
            "Use the peer's DICOM port, often 104, 4242 or 11112.",
        ),
    ),
)

DICOM = "a DICOM PDU"

REFUSED_HERE = Failure(
    "connection_refused",
    "Nothing listens at port {port} of this machine.",
    "Start the acceptor that is to answer: in Parley's window that is Listen, with the same port.",
)


def diagnose(attempt: Attempt) -> Verdict:
    """What an attempt's end means."""
    match attempt.end, attempt.answer:
        case AttemptEnd.ESTABLISHED, AAssociateAc() as answer:
            return _established(attempt.request, answer)
        case AttemptEnd.ESTABLISHED, _:
            return Verdict("established", True, "The peer accepted the association.")
        case AttemptEnd.REJECTED, AAssociateRj() as answer:
            return _rejected(attempt.request, answer)
        case AttemptEnd.ABORTED_BY_PEER, AAbort(source, reason):
            return _with_own_faults(abort(source, reason).verdict(source=source, reason=reason), attempt.request)
        case AttemptEnd.REJECTED, _:
            return Verdict("rejected", False, "The peer rejected the association.")
        case AttemptEnd.ABORTED_BY_PEER, _:
            return Verdict("aborted", False, "The peer aborted the association instead of answering.")
    if attempt.end is AttemptEnd.TLS_FAILED:
        return tls_failure(attempt)
    if attempt.end in {AttemptEnd.CLOSED_BY_PEER, AttemptEnd.RESET_BY_PEER} and misses_certificate(attempt):
        return certificate_missed(attempt)
    verdict = _row(attempt).verdict(**_facts(attempt))
    waited = attempt.end in {AttemptEnd.NO_ANSWER, AttemptEnd.CLOSED_BY_PEER, AttemptEnd.RESET_BY_PEER}
    return _with_own_faults(verdict, attempt.request) if waited else verdict


def _row(attempt: Attempt) -> Failure:
    if attempt.end is AttemptEnd.CONNECT_FAILED:
        return next((row for codes, row in UNREACHABLE if attempt.code in codes), ENDS[attempt.end])
    if attempt.end is AttemptEnd.LOCAL_ADDRESS_FAILED and attempt.code in FORBIDDEN:
        return LOCAL_PORT_FORBIDDEN
    if attempt.end is AttemptEnd.CONNECT_REFUSED and is_loopback(attempt.peer):
        return REFUSED_HERE
    if attempt.end is AttemptEnd.NOT_UNDERSTOOD:
        what = recognise(attempt.received)
        if what and what != DICOM:
            return next(row for word, row in FOREIGN if word in what)
    return ENDS[attempt.end]


def _facts(attempt: Attempt) -> dict[str, object]:
    host, port = host_and_port(attempt.peer)
    asked = next((step for step in attempt.steps if step.name == "association"), None)
    at_once = asked is None or asked.ms < AT_ONCE
    return {
        "host": host,
        "port": port,
        "detail": attempt.detail.strip().rstrip(".") or "no more is known",
        "what": recognise(attempt.received),
        "when": "right after" if asked is None or at_once else f"{asked.ms / 1000:.1f} s after",
        "remedy": CLOSED_AT_ONCE if at_once else CLOSED_LATER,
    }


# --- answers ---------------------------------------------------------------------------------------------------------


def _established(request: AAssociateRq | None, answer: AAssociateAc) -> Verdict:
    if request is None:
        return Verdict("established", True, "The peer accepted the association.")
    contexts = outcome(request, answer)
    proposed = [context for context in contexts if context.is_proposed]
    accepted = [context for context in proposed if context.is_accepted]
    if not accepted:
        return none_accepted(contexts)
    if len(accepted) < len(proposed):
        return some_rejected(contexts)
    count = "its presentation context" if len(proposed) == 1 else f"all {len(proposed)} presentation contexts"
    cause = f"The association is established with {count}."
    faults = _errors(check_accept(request, answer))
    return Verdict("established", True, cause, f"The peer's answer breaks the standard: {faults}" if faults else "")


def _rejected(request: AAssociateRq | None, answer: AAssociateRj) -> Verdict:
    codes = f"{answer.result}/{answer.source}/{answer.reason}"
    verdict = rejection(answer.source, answer.reason).verdict(
        codes=codes,
        called=significant(request.called_ae_title) if request else "",
        calling=significant(request.calling_ae_title) if request else "",
        application_context=(request.application_context or "that is missing") if request else "of the request",
        version=request.protocol_version if request else "of the request",
    )
    result = RejectResult(answer.result)
    if result is RejectResult.REJECTED_TRANSIENT:
        return replace(verdict, cause=f"{verdict.cause} It calls this transient: a later attempt may succeed.")
    return replace(verdict, cause=f"{verdict.cause} The result is reserved.") if result.is_reserved else verdict


def _with_own_faults(verdict: Verdict, request: AAssociateRq | None) -> Verdict:
    """Where a peer did not say what is wrong, what is known to be wrong with the request comes first."""
    faults = _errors(check_request(request)) if request is not None else ""
    if not faults:
        return verdict
    remedy = f"Correct the request first, as peers end like this on what breaks the standard: {faults} {verdict.remedy}"
    return replace(verdict, remedy=remedy)


def _errors(findings: tuple[Finding, ...]) -> str:
    """The first error in words, and how many more there are."""
    errors = [finding.text for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        return ""
    return errors[0] if len(errors) == 1 else f"{errors[0]} (And {len(errors) - 1} more.)"
