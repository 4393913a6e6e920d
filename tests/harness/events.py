"""Events by what they are about, for tests of what shows them."""

from __future__ import annotations

from typing import Any

from parley.model.event import EngineEvent, EventKind
from parley.ul.codec import encode
from parley.ul.errors import Finding
from parley.ul.pdu import Pdu


def event_facts(
    *, pdu: Pdu | None = None, data: bytes = b"", findings: tuple[Finding, ...] = (), **facts: Any
) -> dict[str, Any]:
    """The fields of an event about a PDU, or about bytes; nothing but the findings given is found in it."""
    return {**facts, "wire": encode(pdu) if pdu is not None else data, "noted": findings}


def event_of(kind: EventKind, **facts: Any) -> EngineEvent:
    """An event with these fields, the first one that there ever was."""
    return EngineEvent(1, 0.0, 0.0, kind, **event_facts(**facts))
