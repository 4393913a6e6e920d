"""Writes events to a file, all of them or none: the file appears, or is replaced, only when it is complete."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from pathlib import Path

from parley.capture.jsonl import to_json
from parley.capture.text import to_text
from parley.model.event import EngineEvent
from parley.model.files.atomic import write_atomically
from parley.model.system_errors import error_words

_LINES_PER_REPORT = 500


class ExportFormat(Enum):
    """The formats, each with what a file dialog calls it."""

    TEXT = "Text (*.txt)"
    JSON_LINES = "JSON Lines (*.jsonl)"

    @property
    def suffix(self) -> str:
        """The usual ending of a file's name, without the dot."""
        return {ExportFormat.TEXT: "txt", ExportFormat.JSON_LINES: "jsonl"}[self]

    @property
    def line_of(self) -> Callable[[EngineEvent], str]:
        """What writes one event, without the end of the line."""
        return {ExportFormat.TEXT: to_text, ExportFormat.JSON_LINES: to_json}[self]

    @classmethod
    def of(cls, path: Path, otherwise: ExportFormat) -> ExportFormat:
        """The format that a file's name asks for."""
        return next((fmt for fmt in cls if path.suffix.lower() == f".{fmt.suffix}"), otherwise)


def no_report(_share: float) -> None:
    """For work that is too short to be watched."""


def lines_of(
    events: Sequence[EngineEvent], fmt: ExportFormat, report: Callable[[float], None] = no_report
) -> Iterator[str]:
    """Each event as a line; `report` hears the share that is done and may raise to end it."""
    for number, event in enumerate(events):
        if number % _LINES_PER_REPORT == 0:
            report(number / len(events))
        yield fmt.line_of(event) + "\n"


def save_events(
    events: Sequence[EngineEvent], path: Path, fmt: ExportFormat, report: Callable[[float], None] = no_report
) -> int:
    """Write the events in UTF-8; returns how many.

    Raises:
        OSError: the file could not be written; what was there before is unchanged.
    """
    write_atomically(path, (line.encode("utf-8", "backslashreplace") for line in lines_of(events, fmt, report)))
    return len(events)


def failure_words(error: Exception, path: Path) -> str:
    """Why a file was not saved, in plain words."""
    reason = error_words(error)
    return f"“{path.name}” was not saved: {reason}. Nothing in {path.parent} has changed."
