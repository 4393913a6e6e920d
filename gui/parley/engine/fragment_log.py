"""Which P-DATA-TF PDUs the log is told of, and how much of each.

Bulk data would push all else out of the log, and fill the memory, and so would a peer that sends a byte at a time. So
of a data set only the first and the last PDU are told, of a command set the first few and the last; those between them
become one note with their count and bytes. Of a long PDU the beginning is kept. What is noteworthy is said the first
few times in each direction of an association, and counted after that. Fragments of odd length are said of both
directions; where the receiver's maximum length allows no other, that is said instead, once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from parley.model.event import EventKind
from parley.model.problems.nonconformity import fault_words
from parley.ul.data_rules import message_part, no_even_room, odd_fragments, odd_in_between
from parley.ul.errors import Finding
from parley.ul.pdu import PDataTf

KEPT_BYTES = 4096
"""How much of a P-DATA-TF an event holds; longer ones have no decoded PDU beside it, but a text in its place."""

MOST_TOLD = 8
"""How many PDUs in a row from one command set are told, and how often equal findings are."""

_INDEX = re.compile(r"pdvs\[(\d+)\]")
_Kind = tuple[str, bool, bool]


class FragmentLog:
    """Tells of one direction of an association.

    Args:
        kind: what its PDUs are told as, sent or received.
        tell: records an event.
        maximum_length: says what the receiver announced; None and 0 are no limit.

    Attributes:
        is_leaving_out: whether the last PDU was left out.
    """

    def __init__(self, kind: EventKind, tell: Callable[..., None], maximum_length: Callable[[], int | None]) -> None:
        self.is_leaving_out = False
        self._kind = kind
        self._is_sent = kind is EventKind.PDU_SENT
        self._tell = tell
        self._maximum_length = maximum_length
        self._within: bool | None = None
        self._row = 0
        self._count = 0
        self._bytes = 0
        self._odd = 0
        self._is_command_left = False
        self._is_odd_said = False
        self._is_room_said = False
        self._found: Counter[_Kind] = Counter()

    def leaves_out(self, pdu: PDataTf, findings: tuple[Finding, ...] = ()) -> bool:
        """Whether the PDU lies in the middle of a message, and nothing in it is to be told; asked once of each."""
        part: bool | None = bool(pdu.pdvs) and pdu.pdvs[0].is_command
        size, odd = 0, 0
        for pdv in pdu.pdvs:
            if pdv.is_last or pdv.is_command is not part:
                part = None
            size += len(pdv.data)
            odd |= len(pdv.data) & 1
        self._row = self._row + 1 if part is not None and part is self._within else 0
        self._within = part
        self.is_leaving_out = self._row >= (MOST_TOLD if part else 1) and not any(
            self._found[_kind_of(finding, pdu)] < MOST_TOLD for finding in findings
        )
        if self.is_leaving_out:
            self._found.update(_kind_of(finding, pdu) for finding in findings)
            self.leave_out(1, size, odd, is_command=bool(part))
        return self.is_leaving_out

    def leave_out(self, count: int, size: int, odd: int = 0, *, is_command: bool = False) -> None:
        """So many PDUs followed from the middle of a message, with so many of its bytes.

        Args:
            odd: how many of them have a fragment of odd length.
            is_command: whether it was a command set's middle, else a data set's.
        """
        self._is_command_left = is_command
        self._count += count
        self._bytes += size
        self._odd += odd

    def tell(self, pdu: PDataTf, data: bytes, findings: tuple[Finding, ...] = ()) -> None:
        """Tell of a PDU, and before it of those that were left out since the one told before."""
        if self._count:
            self._tell_left_out()
        odd = odd_fragments(pdu, is_sent=self._is_sent)
        if odd and self._lacks_room():
            odd = ()
        odd = self._fresh(odd, pdu)
        if odd and self._is_sent and not self._is_odd_said:
            self._is_odd_said = True
            self._tell(EventKind.NOTE, text=fault_words("sent", odd), noted=odd)
        self._tell(self._kind, **_bounded(pdu, data), noted=(*self._fresh(findings, pdu), *odd))
        if any(pdv.is_last for pdv in pdu.pdvs):
            self._is_odd_said = False

    def end(self) -> None:
        """Nothing more comes: tell of what was left out, and count what was not said any more."""
        if self._count:
            self._tell_left_out()
        more = sum(count - MOST_TOLD for count in self._found.values() if count > MOST_TOLD)
        self._found.clear()
        if more:
            words = f"{more} more findings like those told before on P-DATA-TF PDUs that were {self._way}"
            self._tell(EventKind.NOTE, text=words)

    @property
    def _way(self) -> str:
        return "sent" if self._is_sent else "received"

    def _lacks_room(self) -> bool:
        """Whether the receiver's maximum length is why fragments are odd; the first time, it is told."""
        finding = no_even_room(self._maximum_length(), is_sent=self._is_sent)
        if finding is not None and not self._is_room_said:
            self._is_room_said = True
            self._tell(EventKind.NOTE, text=fault_words(self._way, (finding,)), noted=(finding,))
        return finding is not None

    def _fresh(self, findings: tuple[Finding, ...], pdu: PDataTf) -> tuple[Finding, ...]:
        """Those that have not been told so often already; all are counted."""
        fresh = []
        for finding in findings:
            kind = _kind_of(finding, pdu)
            self._found[kind] += 1
            if self._found[kind] <= MOST_TOLD:
                fresh.append(finding)
        return tuple(fresh)

    def _tell_left_out(self) -> None:
        is_command = self._is_command_left
        plural = "s" if self._count > 1 else ""
        part = message_part(is_command)
        words = f"{self._count} P-DATA-TF PDU{plural} in between with {self._bytes} bytes of the {part}"
        findings: tuple[Finding, ...] = ()
        if self._odd:
            words += f", {self._odd} of them of an odd length"
            if not self._lacks_room():
                findings = (odd_in_between(is_command=is_command, is_sent=self._is_sent),)
        self._count = self._bytes = self._odd = 0
        self._tell(EventKind.NOTE, text=f"{self._way} {words}", noted=findings)


def _kind_of(finding: Finding, pdu: PDataTf) -> _Kind:
    """Findings are equal that are about the same field of the same part of a message."""
    match = _INDEX.match(finding.field)
    if match is None:
        return finding.field, False, False
    pdv = pdu.pdvs[int(match[1])]
    return finding.field[match.end() :] or "pdv", pdv.is_command, pdv.is_last


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
