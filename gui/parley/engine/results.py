"""What came of operations on an association."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from parley.dimse.codes import CommandField, is_success, status_words


@dataclass(frozen=True, slots=True)
class EchoResult:
    """Answer to a C-ECHO.

    Attributes:
        ms: round trip in milliseconds.
        status: PS3.7 Annex C; 0 is success.
        text: the status in words, with the peer's comment.
    """

    ms: float
    status: int
    text: str


@dataclass(frozen=True, slots=True)
class StoreResult:
    """What became of one file.

    Attributes:
        status: the peer's answer, PS3.4 Table B.2-1; None where there is none.
        text: the status in words, with the peer's comment, or why there is none.
        ms: from the first byte sent to the answer, in milliseconds.
        size: of the data set in bytes.
        context_id: 0 where nothing was sent.
    """

    path: Path
    status: int | None
    text: str
    ms: float = 0.0
    size: int = 0
    context_id: int = 0
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    transfer_syntax_uid: str = ""

    @property
    def is_stored(self) -> bool:
        """Whether the peer says that it has taken the object, be it with a warning."""
        return self.status is not None and is_success(self.status)


_LEAST_RATE = 100_000
"""Bytes a second, below which a rate would read as nothing: that of a few small files says nothing of the link."""


def rate_words(rate: float) -> str:
    """Bytes a second for a person, such as ``23.4 MB/s``; empty where that would say nothing."""
    return f"{rate / 1e6:.1f} MB/s" if rate >= _LEAST_RATE else ""


def answer_words(field: CommandField, status: int, comment: str) -> str:
    """The status of a response in words, with the peer's comment."""
    words = status_words(status, field)
    return f"{words}: {comment}" if comment else words
