"""Events as lines of text, for people who read them later or elsewhere."""

from __future__ import annotations

from datetime import datetime

from parley.capture.summary import summarize
from parley.model.event import EngineEvent, EventKind
from parley.ul.codes import Role
from parley.ul.errors import Finding, Severity
from parley.ul.visible import one_line

SIDES = {Role.REQUESTOR: "SCU", Role.ACCEPTOR: "SCP"}


def to_text(event: EngineEvent) -> str:
    """One line without its end: local time with milliseconds, association, this end's side, kind, summary."""
    # The person's own time zone is meant: the line stands beside the clock of a modality.
    time = datetime.fromtimestamp(event.wall).isoformat(" ", "milliseconds")  # noqa: DTZ006
    association = f"#{event.association}" if event.association else ""
    side = SIDES[event.role] if event.role else ""
    return one_line(f"{time}  {association:>5} {side:<3}  {event.kind.value:<19}  {summarize(event)}")


def finding_lines(event: EngineEvent, most: int) -> tuple[str, ...]:
    """What was noteworthy about a PDU, a line each to stand below its own; the worst first, then how many are left out.

    The text of a note says what its findings say.
    """
    if event.kind is EventKind.NOTE:
        return ()
    findings = sorted(event.findings, key=lambda finding: _RANKS[finding.severity])
    lines = [one_line(f"{INDENT}{_finding(finding)}") for finding in findings[:most]]
    left = len(findings) - most
    if left > 0:
        lines.append(f"{INDENT}… and {'' if len(findings) < COUNTED else 'at least '}{left} more")
    return tuple(lines)


INDENT = " " * 12
COUNTED = 50
"""So many findings of a PDU are kept for sure, of each kind; where there are more, nobody has counted them."""
_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def _finding(finding: Finding) -> str:
    place = f" (byte {finding.offset})" if finding.offset >= 0 else ""
    return f"{finding.severity.value:<7}  {finding.text} {finding.remedy}".rstrip() + place
