"""A folded section that edits some fields of a handle, or of rules, each by an editor of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from parley.ui.kit import style
from parley.ui.kit.fields import Field
from parley.ui.kit.fold import FoldedSection
from parley.ul.errors import Severity

if TYPE_CHECKING:
    from parley.model.problems.validation import Problem

Value = TypeVar("Value")
_HELD = frozenset({"storage.folder"})
"""Of which an editor tells what is wrong although the value has it: the disk knows, and no rule."""


class PartSection(FoldedSection):
    """Edits the fields in `field_names`; the widgets exist only once it has been unfolded.

    Subclasses name the fields, make a `Field` for each, and say in a few words what they hold. An editor has `value`,
    `set_value` (which tells nobody), a signal `changed`, and `typed_problems` where something typed may be no value.

    Attributes:
        owner: the type of the values that the fields are of; others may have fields of the same names.

    Args:
        starts: frozen values, such as a handle and its rules, that have these fields between them.
    """

    owner: type = object

    def __init__(self, title: str, object_name: str, tip: str, *starts: object) -> None:
        super().__init__(title, object_name, tip, self._make)
        self._values = self._picked(starts)
        self._made: dict[str, Field[Any]] = {}
        self.set_summary(self._words(self._values))

    # --- for subclasses ----------------------------------------------------------------------------------------------

    def _make_fields(self) -> dict[str, Field[Any]]:
        raise NotImplementedError

    def _words(self, values: Mapping[str, Any]) -> str:
        raise NotImplementedError

    # --- values ------------------------------------------------------------------------------------------------------

    def applied_to(self, value: Value) -> Value:
        """The value with those of this section's fields that it has, as they are typed."""
        own = {name: typed for name, typed in self._values.items() if self._has(value, name)}
        return replace(value, **own)  # type: ignore[type-var]

    def part(self, name: str) -> Any:
        """One of its fields, as it is typed."""
        return self._values[name]

    def put(self, name: str, value: Any) -> None:
        """Edit one of its fields from elsewhere, as if it had been typed."""
        self._values[name] = value
        if name in self._made:
            self._made[name].editor.set_value(value)
        self.set_summary(self._words(self._values))
        self.changed.emit()

    def show_part(self, *values: object, keep_typed: bool = False) -> None:
        """Show the fields of these values and tell nobody; an editor that holds the same already is left alone.

        Args:
            keep_typed: whether that goes for one in which something is typed that cannot be a value.
        """
        self._values = self._picked(values)
        for name, field in self._made.items():
            if field.editor.value() != self._values[name] or (not keep_typed and any(_typed_problems(field))):
                field.editor.set_value(self._values[name])
        self.set_summary(self._words(self._values))

    def fields(self) -> dict[str, Field]:
        return dict(self._made)

    def owns(self, path: str) -> bool:
        return re.split(r"[.\[]", path)[0] in self.field_names

    def typed_problems(self) -> Iterator[Problem]:
        """What was typed and cannot be a value; the last that could be counts meanwhile."""
        from parley.model.problems.validation import Problem

        for name, field in self._made.items():
            for place, text, remedy in _typed_problems(field):
                yield Problem(Severity.ERROR, f"{name}{place}", text, remedy)

    def left_out(self) -> Iterator[str]:
        """Where something is typed that cannot be a value, in words such as ``Answers to messages, row 1, status``."""
        for name, field in self._made.items():
            label = (field.title,) if len(self._made) > 1 and field.title != self.title else ()
            for place, _, _ in _typed_problems(field):
                if f"{name}{place}" not in _HELD:
                    yield ", ".join((self.title, *label, *_place_words(place)))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _picked(self, values: tuple[object, ...]) -> dict[str, Any]:
        return {name: getattr(next(v for v in values if self._has(v, name)), name) for name in self.field_names}

    def _has(self, value: object, name: str) -> bool:
        return isinstance(value, self.owner) and hasattr(value, name)

    def _make(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setSpacing(style.SPACING)
        self._made = self._make_fields()
        for name, field in self._made.items():
            layout.addWidget(field)
            field.editor.set_value(self._values[name])
            field.editor.changed.connect(partial(self._read, name))
        return content

    def _read(self, name: str) -> None:
        self._values[name] = self._made[name].editor.value()
        self.set_summary(self._words(self._values))
        self.changed.emit()


def _place_words(place: str) -> Iterator[str]:
    """``[0].status`` as ``row 1`` and ``status``."""
    for row, part in re.findall(r"\[(\d+)\]|\.(\w+)", place):
        yield f"row {int(row) + 1}" if row else part.replace("_", " ")


def _typed_problems(field: Field[Any]) -> Iterable[tuple[str, str, str]]:
    problems: Callable[[], Iterable[tuple[str, str, str]]] | None = getattr(field.editor, "typed_problems", None)
    return problems() if problems else ()
