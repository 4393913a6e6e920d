"""How an association that was established has ended: the facts, without an opinion. `parley.diagnosis` has that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from parley.ul.pdu import AAbort


class How(Enum):
    """Every way an operation on it can come to nothing; the values are stable names."""

    NOT_ANSWERED = "not_answered"
    NO_TIME = "no_time"
    RELEASED_BY_PEER = "released_by_peer"
    ABORTED_BY_PEER = "aborted_by_peer"
    REFUSED = "refused"
    LOST = "lost"
    ENDED_HERE = "ended_here"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ending:
    """What ended an association, or an operation on it.

    Attributes:
        how: ``REFUSED`` is an abort of this side's for what the peer has sent, ``ENDED_HERE`` one for other reasons,
            ``FAILED`` the end of an operation that leaves the association as it is.
        detail: what is to be added in words.
        abort: the peer's A-ABORT; None where it sent none.
    """

    how: How
    detail: str = ""
    abort: AAbort | None = None
