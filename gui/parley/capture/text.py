"""Events as lines of text, for people who read them later or elsewhere."""

from __future__ import annotations

from datetime import datetime

from parley.capture.summary import one_line, summarize
from parley.model.event import EngineEvent
from parley.ul.codes import Role

SIDES = {Role.REQUESTOR: "SCU", Role.ACCEPTOR: "SCP"}


def to_text(event: EngineEvent) -> str:
    """One line without its end: local time with milliseconds, association, this end's side, kind, summary."""
    # The person's own time zone is meant: the line stands beside the clock of a modality.
    time = datetime.fromtimestamp(event.wall).isoformat(" ", "milliseconds")  # noqa: DTZ006
    association = f"#{event.association}" if event.association else ""
    side = SIDES[event.role] if event.role else ""
    return one_line(f"{time}  {association:>5} {side:<3}  {event.kind.value:<19}  {summarize(event)}")
