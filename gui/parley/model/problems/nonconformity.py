"""How the log is told that something goes out that breaks the standard, because a person wants it so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from parley.ul.errors import Finding, Severity

if TYPE_CHECKING:
    from parley.model.problems.problem import Problem
    from parley.model.profile import AcceptorSide, RequestorSide
    from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, AAssociateRq

NOT_CONFORMANT = "not conformant"


def request_faults(side: RequestorSide) -> tuple[Finding, ...]:
    """The errors of what this side will send; none when it keeps to the standard."""
    from parley.model.problems.request import request_problems

    return _faults(request_problems(side.handle))


def answer_faults(side: AcceptorSide) -> tuple[Finding, ...]:
    """The errors of what this side will answer; none when it keeps to the standard."""
    from parley.model.problems.answer import answer_problems

    return _faults(answer_problems(side.handle))


def acceptance_faults(rq: AAssociateRq, ac: AAssociateAc) -> tuple[Finding, ...]:
    """The errors of one answer to one request; none when it keeps to the standard."""
    from parley.ul.conformance import check_accept

    return tuple(finding for finding in check_accept(rq, ac) if finding.severity is Severity.ERROR)


def code_faults(pdu: AAssociateRj | AAbort) -> tuple[Finding, ...]:
    """The errors in the codes of a rejection or an abort; none when it keeps to the standard."""
    from parley.ul.conformance import check_codes

    return tuple(finding for finding in check_codes(pdu) if finding.severity is Severity.ERROR)


def fault_words(what: str, faults: tuple[Finding, ...]) -> str:
    """One line for the log: ``not conformant, sent anyway: …``."""
    return f"{NOT_CONFORMANT}, {what} anyway: {' '.join(fault.text for fault in faults)}"


def _faults(problems: Iterable[Problem]) -> tuple[Finding, ...]:
    return tuple(
        Finding(problem.severity, problem.field, -1, problem.text, problem.remedy)
        for problem in problems
        if problem.severity is Severity.ERROR
    )
