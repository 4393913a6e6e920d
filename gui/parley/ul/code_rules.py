"""The rules of `conformance` for the codes of an A-ASSOCIATE-RJ and an A-ABORT (PS3.8 Tables 9-21 and 9-26)."""

from __future__ import annotations

from parley.ul.codes import (
    REJECT_REASONS,
    AbortReason,
    AbortSource,
    RejectResult,
    RejectSource,
    WireCode,
    reject_reason,
)
from parley.ul.common_rules import Findings, error, note
from parley.ul.pdu import AAbort, AAssociateRj


def rejection_findings(rj: AAssociateRj) -> Findings:
    """The codes that the standard reserves; where the source is, it gives no reason a meaning either."""
    if RejectResult(rj.result).is_reserved:
        yield error("result", f"Result {rj.result} of a rejection is reserved.", _advice(RejectResult))
    source = RejectSource(rj.source)
    if source.is_reserved:
        yield error("source", f"Source {rj.source} of a rejection is reserved.", _advice(RejectSource))
    elif reject_reason(source, rj.reason).is_reserved:
        text = f"Reason {rj.reason} of a rejection by the {source.words} is reserved."
        yield error("reason", text, _advice(REJECT_REASONS[source]))


def abort_findings(abort: AAbort) -> Findings:
    """The codes that the standard reserves, and a reason where there is to be none."""
    source = AbortSource(abort.source)
    if source.is_reserved:
        yield error("source", f"Source {abort.source} of an abort is reserved.", _advice(AbortSource))
    elif source is AbortSource.SERVICE_USER and abort.reason:
        text = f"The service-user aborts with reason {abort.reason}; it has none to give, and nobody is to test it."
        yield note("reason", text, "Use 0.")
    elif source is AbortSource.SERVICE_PROVIDER and AbortReason(abort.reason).is_reserved:
        text = f"Reason {abort.reason} of an abort by the service-provider is reserved."
        yield error("reason", text, _advice(AbortReason))


def _advice(codes: type[WireCode]) -> str:
    *others, last = [str(code.value) for code in codes if not code.is_reserved]
    return f"Use {', '.join(others)} or {last}."
