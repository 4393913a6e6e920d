"""What is wrong with the fragments in a P-DATA-TF, though they can be read (PS3.8 Annex E)."""

from __future__ import annotations

from parley.ul.errors import Finding, Severity
from parley.ul.pdu import PDataTf

_HEADER, _PDV_HEADER = 6, 6
_REMEDY = (
    "Whoever writes the object has to make its last value even, and of a deflated data set the whole (PS3.5 sections "
    "7.1 and A.5)."
)

ODD_IN_BETWEEN = Finding(
    Severity.ERROR,
    "",
    -1,
    "Fragments in between have an odd length; each shall have an even one (PS3.8 section E.1), and many peers abort.",
    _REMEDY,
)
"""For fragments of which no PDU is kept."""


def odd_fragments(pdu: PDataTf) -> tuple[Finding, ...]:
    """A finding for the first fragment of an odd length; none where all are even."""
    offset = _HEADER
    for index, pdv in enumerate(pdu.pdvs):
        size = len(pdv.data)
        if size & 1:
            text = (
                f"This fragment has an odd length, {size} byte{'s' if size > 1 else ''}; each shall have an even one "
                "(PS3.8 section E.1), and many peers abort."
            )
            return (Finding(Severity.ERROR, f"pdvs[{index}]", offset, text, _REMEDY),)
        offset += _PDV_HEADER + size
    return ()
