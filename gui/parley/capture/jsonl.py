"""Events as JSON Lines: one object a line, for programs."""

from __future__ import annotations

import json

from parley.capture.record import event_record
from parley.model.event import EngineEvent


def to_json(event: EngineEvent, *, reveal: bool = False) -> str:
    """One line, without its end, that any JSON reader takes.

    Only ASCII, as peers send bytes that no output encoding is sure to take. Secrets are masked unless `reveal` is set.
    """
    return json.dumps(event_record(event, reveal=reveal), separators=(",", ":"))
