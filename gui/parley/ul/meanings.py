"""What a field's value means, in words: the standard's where it has some. Used by the annotated tree only.

Each function takes the value and the fields that stand before it in the same PDU or item, by attribute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from parley.ul.codes import (
    APPLICATION_CONTEXT,
    AbortReason,
    AbortSource,
    ContextResult,
    RejectResult,
    RejectSource,
    UserIdentityType,
    WireCode,
    reject_reason,
)

Earlier = Mapping[str, Any]
Meaning = Callable[[Any, Earlier], str]


def code(kind: type[WireCode]) -> Meaning:
    """The words of a code point."""

    def words(value: int, _: Earlier) -> str:
        return kind(value).words

    return words


context_result = code(ContextResult)
reject_result = code(RejectResult)
reject_source = code(RejectSource)
abort_source = code(AbortSource)
identity_type = code(UserIdentityType)


def rejection_reason(value: int, earlier: Earlier) -> str:
    """A reason means something else per source."""
    return reject_reason(earlier.get("source", 0), value).words


def abort_reason(value: int, earlier: Earlier) -> str:
    """The service-user gives no reason: the field is not significant then."""
    if earlier.get("source") == AbortSource.SERVICE_USER:
        return "not significant, as the source is the service-user"
    return AbortReason(value).words


def protocol_version(value: int, _: Earlier) -> str:
    """Bit 0 is version 1, and a receiver of version 1 tests nothing else."""
    others = " and bits that version 1 does not test" if value & ~1 else ""
    return ("version 1" if value & 1 else "not version 1") + others


def application_context(value: str, _: Earlier) -> str:
    """There is one name only."""
    is_it = value.rstrip("\0 ") == APPLICATION_CONTEXT
    return "DICOM application context" if is_it else "not the DICOM application context"


def context_id(value: int, _: Earlier) -> str:
    """The standard allows odd numbers."""
    return "" if value % 2 else "not an odd number"


def control_header(value: int, _: Earlier) -> str:
    """PS3.8 annex E.2: bit 0 is command or data, bit 1 marks the last fragment."""
    kind = "command" if value & 1 else "data set"
    last = "last fragment" if value & 2 else "more fragments follow"
    return f"{kind}, {last}" + (", reserved bits set" if value & ~3 else "")


def maximum_length(value: int, _: Earlier) -> str:
    """Zero is no limit; else six bytes of each PDU are the frame of its fragment."""
    if value == 0:
        return "no limit"
    return f"fragments of up to {value - 6} bytes" if value > 6 else "no room for any fragment"


def operations(verb: str) -> Meaning:
    """How many operations may be open at a time: zero is no limit.

    They are the requestor's in a request, where it asks for them, and in an answer, where they are granted to it
    (PS3.7 section D.3.3.3); so are the roles (section D.3.3.4).
    """

    def words(value: int, _: Earlier) -> str:
        return f"requestor {verb} {value or 'any number'} at a time"

    return words


def flag(no: str, yes: str) -> Meaning:
    """One byte, 0 or 1."""

    def words(value: int, _: Earlier) -> str:
        return {0: no, 1: yes}.get(value, f"{value} is neither 0 nor 1")

    return words


operations_invoked = operations("invokes")
operations_performed = operations("performs")
scu_role = flag("requestor not SCU", "requestor SCU")
scp_role = flag("requestor not SCP", "requestor SCP")
response_requested = flag("no positive response requested", "positive response requested")


def echoed(_: Any, __: Earlier) -> str:
    """Fields of an A-ASSOCIATE-AC that repeat the request's."""
    return "sent as received in the request, never tested"
