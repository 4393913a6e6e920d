"""How much an event matters. No Qt."""

from __future__ import annotations

from parley.model.event import EngineEvent, EventKind
from parley.ul.errors import Severity

_KIND_SEVERITY = {
    EventKind.LISTEN_FAILED: Severity.ERROR,
    EventKind.CONNECT_FAILED: Severity.ERROR,
    EventKind.TLS_FAILED: Severity.ERROR,
    EventKind.MALFORMED: Severity.ERROR,
    EventKind.PROVIDER_ABORTED: Severity.ERROR,
    EventKind.REJECTED: Severity.WARNING,
    EventKind.ABORTED: Severity.WARNING,
    EventKind.TIMER_EXPIRED: Severity.WARNING,
    EventKind.NOTE: Severity.NOTE,
}


def severity_of(event: EngineEvent) -> Severity | None:
    """How much an event matters: the worst of its kind and its findings; None for the ordinary.

    A finding that is only a note does not make an event stand out: many peers cause one with every request.
    """
    worst = kind_severity(event)
    for finding in event.findings:
        severity = finding.severity
        if severity is Severity.ERROR:
            return severity
        if severity is Severity.WARNING and worst is not Severity.ERROR:
            worst = severity
    return worst


def kind_severity(event: EngineEvent) -> Severity | None:
    """How much an event matters by what happened alone, whatever is to be found in it."""
    return _KIND_SEVERITY.get(event.kind)
