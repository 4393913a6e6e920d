"""Two error types by whose fault it is, and the findings that are no error at all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from parley.ul.codes import AbortReason


class LocalProtocolError(Exception):
    """This side asked for something the state machine or the wire format does not allow.

    The association is unchanged: the caller may ask for something else.

    Attributes:
        field: path of the value that does not fit its field, for example ``items[1].context_id``; else empty.
    """

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class RemoteProtocolError(Exception):
    """The peer sent bytes that leave no meaning.

    Attributes:
        reason: what a provider A-ABORT says about it (PS3.8 Table 9-26).
        offset: where, in bytes from the first byte of the PDU.
        field: the path of the field, for example ``items[2].item_length``.
        whole: the PDU, where all of it is there and it is refused for what it holds; else empty.
    """

    def __init__(self, text: str, *, reason: AbortReason, offset: int = 0, field: str = "", whole: bytes = b"") -> None:
        super().__init__(text)
        self.whole = whole
        self.reason = reason
        self.offset = offset
        self.field = field


class Severity(Enum):
    """How much a finding matters: an error breaks a *shall* of the standard, a warning is known to upset real peers."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something noteworthy in a PDU that did not keep it from being understood.

    Attributes:
        severity: how much it matters.
        field: path of the field in the PDU, as `parley.ul.tree.Node.path` spells it: ``items[1].context_id``.
        offset: bytes from the first byte of the PDU; -1 where the PDU was never on a wire.
        text: one sentence for a person.
        remedy: what to do about it; empty where there is nothing to do.
    """

    severity: Severity
    field: str
    offset: int
    text: str
    remedy: str = ""


UNLISTED = Finding(Severity.NOTE, "", -1, "There is more of the same; it is not listed.")
"""Stands behind as many findings as are kept of a PDU."""
