"""Events as JSON Lines: one object a line, for programs."""

from __future__ import annotations

from parley.capture.record import Json, Record, encoded, event_record
from parley.model.event import EngineEvent


def to_json(event: EngineEvent, *, reveal: bool = False) -> str:
    """One line, without its end, that any JSON reader takes.

    Only ASCII, as peers send bytes that no output encoding is sure to take. Secrets are masked unless `reveal` is set.
    """
    return _written(event_record(event, reveal=reveal))


def _written(record: Record) -> str:
    """JSON of a record in which some values may be JSON already."""
    written: list[str] = []
    plain: Record = {}
    for key, value in record.items():
        if not isinstance(value, Json | dict):
            plain[key] = value
            continue
        if plain:
            written.append(encoded(plain)[1:-1])
            plain = {}
        written.append(f"{encoded(key)}:{value if isinstance(value, Json) else _written(value)}")
    if plain:
        written.append(encoded(plain)[1:-1])
    return "{" + ",".join(written) + "}"
