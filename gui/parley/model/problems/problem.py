"""Something in an editor that a person should know of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parley.ul.errors import Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """Something noteworthy in one field.

    Attributes:
        severity: an error breaks the standard or cannot work, a warning is known to cause trouble, a note is to know.
        field: as in the side or handle, ``called_ae_title``, ``contexts[2].transfer_syntaxes``, ``roles[0].scp``,
            ``user_identity.secondary``, ``timers.connect`` …; ``contexts`` where it is about all of them.
        text: one sentence for a person.
        remedy: what to do about it; may be empty.
    """

    severity: Severity
    field: str
    text: str
    remedy: str = ""


Problems = Iterator[Problem]


def error(field: str, text: str, remedy: str = "") -> Problem:
    """The standard is broken, or it cannot work."""
    return Problem(Severity.ERROR, field, text, remedy)


def warning(field: str, text: str, remedy: str = "") -> Problem:
    """It is known to cause trouble."""
    return Problem(Severity.WARNING, field, text, remedy)


def note(field: str, text: str, remedy: str = "") -> Problem:
    """It is worth knowing."""
    return Problem(Severity.NOTE, field, text, remedy)
