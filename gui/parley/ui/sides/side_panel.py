"""What the SCU and the SCP panel have in common: a scrolling form and validation beside its fields.

A panel edits a draft. It never touches the engine: it emits what the person wishes, with an immutable value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from parley.ui.contexts.editor import ContextsEditor
from parley.ui.kit import icons, style
from parley.ui.kit.fields import TONES, Field, NumberEdit, OptionalField, ToneLine, named, sentence, worst
from parley.ui.kit.fold import FoldedSection
from parley.ui.kit.part_section import PartSection
from parley.ui.kit.problems_line import ProblemsLine
from parley.ui.kit.state_line import StateLine
from parley.ui.kit.texts import Heading, set_tip
from parley.ui.kit.verdict import VerdictView
from parley.ul.errors import Severity

if TYPE_CHECKING:
    from parley.model.handle import RoleProposal
    from parley.model.problems.validation import Problem

Part = TypeVar("Part")
CHECK_AFTER_MS = 60
DEFAULT_MAXIMUM_LENGTH = 16384
NOTHING: dict[str, Any] = {
    "contexts": (),
    "maximum_length": None,
    "implementation_class_uid": None,
    "implementation_version_name": None,
}
"""The parts of a handle that are there at first and can be left out; all other optional ones are off at first."""


class SidePanel(QWidget):
    """The frame of a panel.

    Subclasses make their fields, then call `_finish`; they answer `_check_draft`.

    Attributes:
        changed: the draft was edited.
        secrets_shown: secrets can be typed now: somebody should know whether they can be kept.
        secret_wanted: a `SecretEdit` and a reference: what the key store has is to be shown there.
        verdict: what came of the last wish.
    """

    changed = Signal()
    secrets_shown = Signal()
    secret_wanted = Signal(object, str)

    def __init__(self, prefix: str, title: str, state_tip: str) -> None:
        super().__init__()
        self._key_store_problem = ""
        self._looked_through: set[FoldedSection] = set()
        self.setObjectName(prefix)
        self._prefix = prefix
        self._filling = False
        self._keeps_typed = False
        self._fields: dict[str, Field] = {}
        self._sections: list[FoldedSection] = []
        self._problems: tuple[Problem, ...] = ()
        self._checking = QTimer(self)
        self._checking.setSingleShot(True)
        self._checking.setInterval(CHECK_AFTER_MS)
        self._checking.timeout.connect(self.check)

        heading = Heading(title)
        self.state_line = StateLine(f"{prefix}.state", f"State of the {title}", state_tip)
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addWidget(self._plain_button("default", "Default", "Every field of the handle as Parley has it at first"))
        top.addWidget(self._plain_button("reset", "Reset", "Leave out everything that may be left out; titles stay"))
        top.addStretch(1)
        top.addWidget(self.state_line)

        content = QWidget()
        self._form = QVBoxLayout(content)
        self._form.setContentsMargins(0, 0, style.SPACING, 0)
        self._form.setSpacing(style.SPACING)
        self._scroll = QScrollArea()
        self._scroll.setWidget(content)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setMinimumHeight(90)
        content.setAutoFillBackground(False)
        self._scroll.viewport().setAutoFillBackground(False)

        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(style.SPACING)
        self._general = ToneLine()
        self._general.setObjectName(f"{prefix}.problem")
        self._general.hide()
        self._problems_line = ProblemsLine(prefix)
        self._problems_line.chosen.connect(self.show_field)
        self.verdict = VerdictView()
        named(self.verdict, f"{prefix}.verdict", "Verdict", "What happened, why, and what to do next")

        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(style.MARGIN, style.SPACING, style.MARGIN, style.SPACING)
        self._layout.setSpacing(style.SPACING)
        self._layout.addLayout(top)
        self._layout.addWidget(self._scroll, 1)
        self._layout.addWidget(self._problems_line)
        self._layout.addWidget(self._general)
        # Above the buttons: its height differs from word to word, and a button must not leave the mouse that clicks it.
        self._layout.addWidget(self.verdict)
        self._layout.addLayout(self._buttons)

    def _above_buttons(self, widget: QWidget) -> None:
        """For what comes and goes: the buttons stay at the foot of the panel."""
        self._layout.insertWidget(self._layout.indexOf(self._buttons), widget)

    # --- for subclasses ----------------------------------------------------------------------------------------------

    def _check_draft(self) -> tuple[Problem, ...]:
        raise NotImplementedError

    def _defaulted(self, side: Any) -> Any:
        """The side with every field of its handle as it is at first."""
        raise NotImplementedError

    def _emptied(self, side: Any) -> Any:
        """The side without everything that its handle can do without."""
        raise NotImplementedError

    @Slot(object)
    def _add_roles(self, roles: tuple[RoleProposal, ...]) -> None:
        """Of SOP classes that have none yet: what the person has chosen stays."""
        for section in self._sections:
            if isinstance(section, PartSection) and "roles" in section.field_names:
                there = section.part("roles")
                known = {role.sop_class_uid for role in there}
                section.put("roles", (*there, *(role for role in roles if role.sop_class_uid not in known)))

    def show_waiting(self, headline: str, text: str) -> None:
        """Say what a wish waits for, and let it be cancelled; no headline: it waits no more."""
        raise NotImplementedError

    def show_given_up(self, text: str) -> None:
        """Say why a wish came to nothing before it began."""
        self.verdict.say(style.Tone.NOTE, "Given up.", text)

    def show_forbidden(self, text: str) -> None:
        """Say who says that a wish must not be fulfilled, and how that is changed."""
        self.verdict.say(style.Tone.WARNING, "Not to be tested.", text)

    def _row(self, *fields: tuple[str, Field, int]) -> QWidget:
        """Fields beside each other, by name, with their share of the width; what is wrong stands beneath them all."""
        row = QWidget()
        lines = QVBoxLayout(row)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(2)
        beside = QHBoxLayout()
        beside.setSpacing(2 * style.SPACING)
        lines.addLayout(beside)
        grows = any(isinstance(field.editor, ContextsEditor) for _, field, _ in fields)
        for name, field, share in fields:
            self._fields[name] = field
            field.lines = QVBoxLayout()
            field.lines.setSpacing(lines.spacing())
            lines.addLayout(field.lines)
            beside.addWidget(field, share, Qt.AlignmentFlag(0) if grows else Qt.AlignmentFlag.AlignTop)
            height = QSizePolicy.Policy.Expanding if grows else QSizePolicy.Policy.Minimum
            field.setSizePolicy(QSizePolicy.Policy.Ignored, height)
        self._form.addWidget(row, 1 if grows else 0)
        return row

    def _maximum_length_field(self, label: str) -> OptionalField[NumberEdit]:
        tip = "Maximum length: the longest P-DATA-TF PDU, in bytes, that this side can receive; 0 means without limit"
        return OptionalField(label, NumberEdit(), f"{self._prefix}.maximum_length", tip, "send")

    def _section(self, section: FoldedSection) -> None:
        section.changed.connect(self._edited)
        section.unfolded.connect(self.check)
        section.unfolded.connect(partial(self._bring_into_view, section))
        section.grown.connect(partial(self._bring_into_view, section, True))
        section.unfolded.connect(partial(self._look_for_secrets, section))
        self._sections.append(section)
        self._form.addWidget(section)

    def _bring_into_view(self, section: FoldedSection, is_unfolded: bool) -> None:
        """Once the form has taken its new size; what unfolds beneath the edge would not be seen to unfold."""
        if is_unfolded:
            QTimer.singleShot(0, section, partial(self._scroll.ensureWidgetVisible, section))

    def _look_for_secrets(self, section: FoldedSection, _is_unfolded: bool) -> None:
        """A section makes its editors when it is unfolded for the first time."""
        from parley.ui.sides.secret_edit import SecretEdit, SecretNote

        if section in self._looked_through:
            return
        self._looked_through.add(section)
        for edit in section.findChildren(SecretEdit):
            edit.fetch_wanted.connect(partial(self.secret_wanted.emit, edit))
        if section.findChildren(SecretNote):
            self.show_key_store_problem(self._key_store_problem)
            self.secrets_shown.emit()

    @Slot(str)
    def show_key_store_problem(self, problem: str) -> None:
        """Say where secrets are typed why they cannot be kept; empty where they can."""
        from parley.ui.sides.secret_edit import SecretNote

        self._key_store_problem = problem
        for note in self.findChildren(SecretNote):
            note.show_problem(problem)

    def _plain_button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        named(button, f"{self._prefix}.{name}", text, tip)
        button.clicked.connect(self._default if name == "default" else self._reset)
        return button

    @Slot()
    def _default(self) -> None:
        self._replace_draft(self._defaulted(self.side()))

    @Slot()
    def _reset(self) -> None:
        self._replace_draft(self._emptied(self.side()))

    def _replace_draft(self, side: Any) -> None:
        self.restore_side(side)
        self._edited()

    def _with_parts(self, value: Part) -> Part:
        """The value with what the folded sections say of it."""
        for section in self._sections:
            if isinstance(section, PartSection):
                value = section.applied_to(value)
        return value

    def _show_parts(self, *values: object) -> None:
        for section in self._sections:
            if isinstance(section, PartSection):
                section.show_part(*values, keep_typed=self._keeps_typed)

    def _command(self, text: str, icon: str, keys: str, tip: str) -> QAction:
        """An action for this panel's buttons, the toolbar and the menus."""
        action = QAction(icons.icon(icon), text, self)
        action.setShortcut(QKeySequence(keys))
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        set_tip(action, f"{tip} ({shown})")
        return action

    def side(self) -> Any:
        raise NotImplementedError

    def set_side(self, side: Any) -> None:
        raise NotImplementedError

    def restore_side(self, side: Any, *, keep_typed: bool = False) -> None:
        """Show an earlier or later draft of the same: what is not different stays as it stands.

        Args:
            keep_typed: whether that goes for what is typed and cannot be a value.
        """
        editor = self._fields["contexts"].editor
        empty = [field.editor for field in self._empty_numbers()] if keep_typed else []
        self._keeps_typed = keep_typed
        # An answer's table of contexts is another one, which has no place to lose.
        with editor.keeping_place() if isinstance(editor, ContextsEditor) else nullcontext():
            self.set_side(side)
        self._keeps_typed = False
        self._filling = True
        for number in empty:
            if number.value() == 0:
                number.clear()
        self._filling = False

    def _edited(self) -> None:
        """Something was edited: say so now, look for problems when the typing pauses."""
        if not self._filling:
            self._checking.start()
            self.changed.emit()

    # --- validation --------------------------------------------------------------------------------------------------

    def problems(self) -> tuple[Problem, ...]:
        """As of the last check."""
        return self._problems

    def has_errors(self) -> bool:
        return worst(self._problems) is Severity.ERROR

    def check(self) -> None:
        """Look at the draft now and say beside each field what is wrong with it."""
        self._checking.stop()
        self._problems = (*self._typed_problems(), *self._check_draft())
        fields = dict(self._fields)
        for section in self._sections:
            fields |= section.fields()
        homes: dict[str, list[Problem]] = {name: [] for name in fields}
        homeless: list[Problem] = []
        for problem in self._problems:
            home = _home(problem.field, homes)
            homes[home].append(problem) if home else homeless.append(problem)
        for name, field in fields.items():
            field.show_problems(homes[name])
        for section in self._sections:
            section.show_problems([p for p in self._problems if section.owns(p.field)])
        homeless = [p for p in homeless if not any(section.owns(p.field) for section in self._sections)]
        self._problems_line.show_problems(self._problems)
        self._show_homeless(homeless)
        self._mark_rows()
        self._after_check()

    def _after_check(self) -> None:
        """For subclasses: what depends on whether there are errors."""

    def show_field(self, path: str) -> None:
        """Lead to the field that a problem's path is about, unfolding its section."""
        for section in self._sections:
            if section.owns(path):
                section.unfold()
        fields = dict(self._fields)
        for section in self._sections:
            fields |= section.fields()
        home = _home(path, fields)
        if not home:
            return
        self._form.activate()
        self._scroll.ensureWidgetVisible(fields[home])
        target = fields[home].editor
        found, table = re.search(r"\w+\[(\d+)\]", path), getattr(target, "table", None)
        if found and table is not None:
            table.selectRow(int(found[1]))
            target = table
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed_problems(self) -> Iterable[Problem]:
        """What was typed and cannot be a value."""
        yield from self._number_problems()
        for section in self._sections:
            if isinstance(section, PartSection):
                yield from section.typed_problems()

    def _number_problems(self) -> Iterable[Problem]:
        from parley.model.problems.validation import Problem

        empty = self._empty_numbers()
        for name, field in self._fields.items():
            if field in empty:
                yield Problem(Severity.ERROR, name, "Nothing is typed here, so 0 would be used.", "Type a number.")

    def _empty_numbers(self) -> list[Field[NumberEdit]]:
        numbers = (field for field in self._fields.values() if isinstance(field.editor, NumberEdit))
        return [field for field in numbers if field.editor.isEnabled() and field.editor.value() is None]

    def left_out(self) -> tuple[str, ...]:
        """Where something is typed that cannot be a value, in words: `side` has what was there before."""
        places = [field.title for field in self._empty_numbers()]
        for section in self._sections:
            if isinstance(section, PartSection):
                places += section.left_out()
        return tuple([f"{self._prefix.upper()}: {place}" for place in places])

    def _show_homeless(self, problems: list[Problem]) -> None:
        severity = worst(problems)
        if severity is None:
            self._general.hide()
        else:
            self._general.show_line(TONES[severity], " ".join(map(sentence, problems)))

    def _mark_rows(self) -> None:
        editor = self._fields["contexts"].editor
        assert isinstance(editor, ContextsEditor)
        rows: dict[int, list[Problem]] = {}
        for problem in self._problems:
            if found := re.match(r"contexts\[(\d+)\]", problem.field):
                rows.setdefault(int(found[1]), []).append(problem)
        editor.model.show_problems(rows)


def _home(path: str, homes: Collection[str]) -> str:
    """The field that a problem's path belongs to: the whole of it, its last word, or its first; else none."""
    words = re.split(r"[.\[]", path)
    return next((name for name in (path, words[-1], words[0]) if name in homes), "")
