"""Writes events to a file, all of them or none: the file appears, or is replaced, only when it is complete."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path

from parley.capture.jsonl import to_json
from parley.capture.text import to_text
from parley.model.event import EngineEvent

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


def lines_of(events: Sequence[EngineEvent], fmt: ExportFormat, report: Callable[[float], None] = no_report) -> str:
    """All events as text; `report` hears the share that is done and may raise to end it."""
    lines = []
    for number, event in enumerate(events):
        if number % _LINES_PER_REPORT == 0:
            report(number / len(events))
        lines.append(fmt.line_of(event))
    return "".join(line + "\n" for line in lines)


def save_events(events: Sequence[EngineEvent], path: Path, fmt: ExportFormat, report: Callable[[float], None]) -> int:
    """Write the events in UTF-8; returns how many.

    Raises:
        OSError: the file could not be written; what was there before is unchanged.
    """
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            for number, event in enumerate(events):
                if number % _LINES_PER_REPORT == 0:
                    report(number / len(events))
                file.write(fmt.line_of(event) + "\n")
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, unfinished)
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    return len(events)


def failure_words(error: Exception, path: Path) -> str:
    """Why a file was not saved, in plain words."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"“{path.name}” was not saved: {reason}. Nothing in {path.parent} has changed."
