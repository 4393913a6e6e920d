"""Which P-DATA-TF PDUs the log is told of, and how much of each.

Bulk data would push all else out of the log, and fill the memory. So of a data set only the first and the last PDU are
told; those between them become one note with their count and bytes. Of a long PDU the beginning is kept. Every command
set is told as it is. Fragments of an odd length are said of both directions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from parley.model.event import EventKind
from parley.model.problems.nonconformity import fault_words
from parley.ul.data_rules import ODD_IN_BETWEEN, odd_fragments
from parley.ul.errors import Finding
from parley.ul.pdu import PDataTf

KEPT_BYTES = 4096
"""How much of a P-DATA-TF an event holds; longer ones have no decoded PDU beside it, but a text in its place."""


class FragmentLog:
    """Tells of one direction of an association.

    Args:
        kind: what its PDUs are told as, sent or received.
        tell: records an event.

    Attributes:
        is_leaving_out: whether the last PDU was left out.
    """

    def __init__(self, kind: EventKind, tell: Callable[..., None]) -> None:
        self.is_leaving_out = False
        self._kind = kind
        self._tell = tell
        self._is_within = False
        self._count = 0
        self._bytes = 0
        self._odd = 0
        self._is_odd_said = False

    def leaves_out(self, pdu: PDataTf, findings: tuple[Finding, ...] = ()) -> bool:
        """Whether the PDU lies in the middle of a data set, and nothing is noteworthy in it; asked once of each."""
        is_middle, size, odd = True, 0, 0
        for pdv in pdu.pdvs:
            is_middle = is_middle and not pdv.control & 3
            size += len(pdv.data)
            odd |= len(pdv.data) & 1
        self.is_leaving_out = is_middle and self._is_within and not findings
        self._is_within = is_middle
        if self.is_leaving_out:
            self.leave_out(1, size, odd)
        return self.is_leaving_out

    def leave_out(self, count: int, size: int, odd: int = 0) -> None:
        """So many PDUs followed from the middle of a data set, with so many of its bytes.

        Args:
            odd: how many of them have a fragment of odd length.
        """
        self._count += count
        self._bytes += size
        self._odd += odd

    def tell(self, pdu: PDataTf, data: bytes, findings: tuple[Finding, ...] = ()) -> None:
        """Tell of a PDU, and before it of those that were left out since the one told before."""
        odd = odd_fragments(pdu)
        if self._count:
            self._tell_left_out()
        if odd and self._kind is EventKind.PDU_SENT and not self._is_odd_said:
            self._is_odd_said = True
            self._tell(EventKind.NOTE, text=fault_words("sent", odd), noted=odd)
        self._tell(self._kind, **_bounded(pdu, data), noted=(*findings, *odd))
        if any(pdv.is_last for pdv in pdu.pdvs):
            self._is_odd_said = False

    def _tell_left_out(self) -> None:
        direction = "sent" if self._kind is EventKind.PDU_SENT else "received"
        plural = "s" if self._count > 1 else ""
        words = f"{self._count} P-DATA-TF PDU{plural} in between with {self._bytes} bytes of the data set"
        if self._odd:
            words += f", {self._odd} of them of an odd length"
        findings = (ODD_IN_BETWEEN,) if self._odd else ()
        self._count = self._bytes = self._odd = 0
        self._tell(EventKind.NOTE, text=f"{direction} {words}", noted=findings)


def _bounded(pdu: PDataTf, data: bytes) -> dict[str, Any]:
    """What an event says of a PDU: its bytes, or of a long one its beginning and what it is."""
    if len(data) <= KEPT_BYTES:
        return {"wire": data}
    whats = ", ".join(
        f"context {pdv.context_id}, {'command' if pdv.is_command else 'data'}, {len(pdv.data)} bytes"
        f"{'' if pdv.is_last else ', more to come'}"
        for pdv in pdu.pdvs[:3]
    )
    more = f", and {len(pdu.pdvs) - 3} PDVs more" if len(pdu.pdvs) > 3 else ""
    return {"text": f"P-DATA-TF {whats}{more} (the first {KEPT_BYTES} bytes are kept)", "wire": data[:KEPT_BYTES]}
