"""What was edited, step by step, for undo and redo. Pure: immutable values in, immutable values out.

Typing in one field is one step: values that differ from the last step's only in the text or number of the same field
take its place, until the typing pauses, the focus goes elsewhere (`seal`), or something is undone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Generic, TypeVar

PAUSE_SECONDS = 2.0
"""A longer pause ends a step: who comes back to a field means something new."""

DEPTH = 500
"""So many steps are kept. Values share their unchanged parts, so that a step costs little."""

Value = TypeVar("Value")
Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Step(Generic[Value]):
    before: Value
    after: Value
    place: Place
    is_typing: bool
    ended: float


class History(Generic[Value]):
    """The steps that led to the present value, and those that were undone.

    Args:
        value: where it begins.
    """

    def __init__(self, value: Value) -> None:
        self.start(value)

    def start(self, value: Value) -> None:
        """Forget every step and begin here."""
        self._value = value
        self._done: list[_Step[Value]] = []
        self._undone: list[_Step[Value]] = []
        self._is_sealed = True

    @property
    def value(self) -> Value:
        """The present value."""
        return self._value

    @property
    def to_undo(self) -> Place | None:
        """Where the step is that `undo` takes back, as names of fields from the outside in; None when there is none."""
        return self._done[-1].place if self._done else None

    @property
    def to_redo(self) -> Place | None:
        """The same for `redo`."""
        return self._undone[-1].place if self._undone else None

    def record(self, value: Value, now: float) -> None:
        """Take a step; what was undone is then gone. The present value again is no step.

        Args:
            now: seconds of any clock that only goes forward.
        """
        if value == self._value:
            return
        place, is_typing = difference(self._value, value)
        before, last = self._value, self._done[-1] if self._done else None
        goes_on = last is not None and is_typing and last.is_typing and last.place == place
        if last is not None and goes_on and not self._is_sealed and now - last.ended <= PAUSE_SECONDS:
            before = last.before
            del self._done[-1]
        if before != value:  # what was typed and taken back at once is no step
            self._done.append(_Step(before, value, place, is_typing, now))
        del self._done[:-DEPTH]
        self._undone.clear()
        self._value = value
        self._is_sealed = False

    def amend(self, value: Value) -> None:
        """Let another value be the present one, which is no step: nobody edited anything."""
        if self._done and self._done[-1].after == self._value:
            self._done[-1] = replace(self._done[-1], after=value)
        self._value = value

    def seal(self) -> None:
        """Let the next edit be a step of its own."""
        self._is_sealed = True

    def undo(self) -> Value:
        """Go a step back, if there is one; returns the value that is present then."""
        if self._done:
            step = self._done.pop()
            self._undone.append(step)
            self._value = step.before
        self._is_sealed = True
        return self._value

    def redo(self) -> Value:
        """Go forward again, if something was undone; returns the value that is present then."""
        if self._undone:
            step = self._undone.pop()
            self._done.append(step)
            self._value = step.after
        self._is_sealed = True
        return self._value


def difference(before: Any, after: Any) -> tuple[Place, bool]:
    """The names of the fields down to the only one that differs, and whether it is a text or number that is typed."""
    place: Place = ()
    while type(before) is type(after) and is_dataclass(before):
        different = [f.name for f in fields(before) if getattr(before, f.name) != getattr(after, f.name)]
        if len(different) != 1:
            return place, False
        place = (*place, different[0])
        before, after = getattr(before, different[0]), getattr(after, different[0])
    return place, all(isinstance(value, str | int | float) and not isinstance(value, bool) for value in (before, after))
