"""Whether the values of A-ASSOCIATE and A-ABORT are what the standard asks for, and what real peers are known to bear.

For PDUs that came in and for those about to be built from a handle: nothing here keeps anyone from sending them.
How the bytes are laid out is `codec`'s matter; what this side makes of an answer is `negotiation`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from parley.ul.accept_rules import accept_findings
from parley.ul.code_rules import abort_findings, rejection_findings
from parley.ul.common_rules import Contents, association_findings
from parley.ul.errors import UNLISTED, Finding
from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, AAssociateRq
from parley.ul.places import Places
from parley.ul.request_rules import request_findings

_MOST_FINDINGS = 500
"""A peer may put ten thousands of faults into one PDU; nobody reads that many."""


def check_request(rq: AAssociateRq) -> tuple[Finding, ...]:
    """What is wrong or risky in the values of a request, in the order of the wire within each kind of rule."""
    contents = Contents(rq)
    return _bounded(chain(association_findings(contents), request_findings(rq, contents)))


def check_accept(rq: AAssociateRq | None, ac: AAssociateAc) -> tuple[Finding, ...]:
    """What is wrong or risky in the values of an acceptance.

    Args:
        rq: what it answers; None where that is not known, which leaves out every rule that compares the two.
        ac: the acceptance.
    """
    contents = Contents(ac)
    return _bounded(chain(association_findings(contents), accept_findings(rq, ac, contents)))


def check_codes(pdu: AAssociateRj | AAbort) -> tuple[Finding, ...]:
    """What is wrong with the codes of a rejection or an abort."""
    return tuple(rejection_findings(pdu) if isinstance(pdu, AAssociateRj) else abort_findings(pdu))


def _bounded(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    listed = tuple(islice(findings, _MOST_FINDINGS))
    if next(findings, None) is None:
        return listed
    return *listed, UNLISTED


def locate(data: bytes, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same findings with their offsets in these bytes, which are the PDU's.

    A finding on something that is missing gets the offset of what should have had it.
    """
    unlocated = tuple(findings)
    if all(finding.offset >= 0 for finding in unlocated):
        return unlocated
    places = Places(data)
    return tuple([each if each.offset >= 0 else _moved(each, places.nearest(each.field)[1]) for each in unlocated])


def _moved(finding: Finding, offset: int) -> Finding:
    return Finding(finding.severity, finding.field, offset, finding.text, finding.remedy)
