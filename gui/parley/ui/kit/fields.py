"""The pieces a form is made of: line edits that keep what is typed, and labelled fields that say what is wrong with it.

A field shows its problem beneath itself in words, with an icon; it never changes or refuses a value because of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QRegularExpression, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPalette, QRegularExpressionValidator, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from parley.ui.kit import icons, style
from parley.ui.kit.long_words import shorten_words
from parley.ui.kit.texts import Label, set_tip, show_tip
from parley.ul.errors import Severity
from parley.ul.visible import one_line, shortened

if TYPE_CHECKING:
    from parley.model.problems.validation import Problem

TONES = {Severity.ERROR: style.Tone.ERROR, Severity.WARNING: style.Tone.WARNING, Severity.NOTE: style.Tone.NOTE}
_MARK_SIZE = QSize(13, 13)
_RANK = [Severity.NOTE, Severity.WARNING, Severity.ERROR]


def worst(problems: Iterable[Problem]) -> Severity | None:
    """The gravest severity among them; None when there is none."""
    return max((problem.severity for problem in problems), key=_RANK.index, default=None)


def sentence(problem: Problem) -> str:
    """A problem as a person reads it: its severity as a word, what is wrong, what to do."""
    return " ".join(filter(None, (f"{TONES[problem.severity].word}:", problem.text, problem.remedy)))


def named(widget: QWidget, object_name: str, accessible_name: str, tip: str) -> None:
    """Give a widget the names that tests and assistive tools find it by, and its tooltip."""
    widget.setObjectName(object_name)
    widget.setAccessibleName(accessible_name)
    set_tip(widget, tip)


class LineEdit(QLineEdit):
    """A line edit that leaves Ctrl+E to the window: X11's line edits would take it for "end of line".

    Of a text that is longer than anybody types, it shows the beginning, and holds the whole until something is typed:
    Qt would cut it unsaid, and lay out for seconds what is left.
    """

    _shown = _whole = ""

    def setText(self, text: str | None) -> None:
        self._whole = text or ""
        self._shown = shortened(self._whole)
        super().setText(self._shown)

    def text(self) -> str:
        shown = super().text()
        return self._whole if shown == self._shown else shown

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.modifiers() == Qt.KeyboardModifier.ControlModifier
            and event.key() == Qt.Key.Key_E
        ):
            event.ignore()
            return False
        return super().event(event)


class StringEdit(LineEdit):
    """Any text, exactly as typed."""

    def value(self) -> str:
        return self.text()

    def set_value(self, value: str) -> None:
        self.setText(value)


class _PatternEdit(LineEdit):
    """Takes only text that begins as a pattern does, and says beside itself that it did not take another.

    Args:
        what: completes "Not taken: here can only stand …".
    """

    def __init__(self, pattern: str, what: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._what = what
        self.setValidator(QRegularExpressionValidator(QRegularExpression(pattern), self))
        self.inputRejected.connect(self._say_not_taken)

    @Slot()
    def _say_not_taken(self) -> None:
        place = self.mapToGlobal(self.rect().bottomLeft())
        show_tip(place, f"Not taken: here can only stand {self._what}.", self)


class NumberEdit(_PatternEdit):
    """A whole number from zero up, typed freely: nothing is clamped, validation speaks instead."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(r"\d{0,10}", "digits, at most 10", parent)
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)

    def value(self) -> int | None:
        """The number; None while nothing is typed."""
        return int(self.text()) if self.text() else None

    def set_value(self, value: int | None) -> None:
        self.setText("" if value is None else str(value))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is None or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            super().keyPressEvent(event)
        else:
            self.set_value(max(0, (self.value() or 0) + step))


class SecondsEdit(_PatternEdit):
    """A time in seconds, with decimals if need be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(r"\d{0,6}([.,]\d{0,3})?", "seconds such as 30 or 0.5, below a million", parent)
        self.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)

    def value(self) -> float | None:
        """Seconds; None while nothing is typed."""
        text = self.text().replace(",", ".")
        return float(text) if text.strip(".") else None

    def set_value(self, value: float | None) -> None:
        self.setText("" if value is None else f"{value:g}")


class ComboBox(QComboBox):
    """A combo box over values; the wheel scrolls the form under it instead of changing it unseen."""

    def __init__(self, choices: Iterable[tuple[str, object]] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.set_choices(choices)

    def set_choices(self, choices: Iterable[tuple[str, object]]) -> None:
        self.clear()
        for text, value in choices:
            self.addItem(one_line(text), value)

    def value(self) -> object:
        return self.currentData()

    def set_value(self, value: object, unknown: str = "{} (reserved)") -> None:
        """Choose `value`; one that is not among the choices is added, because nothing may be lost."""
        values = [self.itemData(row) for row in range(self.count())]
        if value not in values:
            self.addItem(one_line(unknown.format(value)), value)
            values.append(value)
        self.setCurrentIndex(values.index(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ToneLine(QWidget):
    """An icon and a wrapped sentence in the colour of a tone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = style.Tone.NOTE
        self._mark = Label("", self)
        self._text = Label("", self)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)

    def text(self) -> str:
        return self._text.text()

    def show_line(self, tone: style.Tone, text: str, tip: str = "") -> None:
        self._tone = tone
        self._text.setText(shorten_words(text))
        set_tip(self, tip or text)
        self._paint_tone()
        self.show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._text.text():
            self._paint_tone()

    def _paint_tone(self) -> None:
        self._mark.setPixmap(icons.tone_icon(self._tone).pixmap(style.ICON_SIZE, self.devicePixelRatio()))
        palette = QPalette(self._text.palette())
        palette.setColor(QPalette.ColorRole.WindowText, style.colour(self._tone, self.palette()))
        self._text.setPalette(palette)


class Hint(Label):
    """A wrapped sentence of second rank."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        muted = style.muted(QGuiApplication.palette())
        # Each palette that is set comes back as a change.
        if muted != self.palette().color(QPalette.ColorRole.WindowText):
            palette = QPalette(self.palette())
            palette.setColor(QPalette.ColorRole.WindowText, muted)
            self.setPalette(palette)


Editor = TypeVar("Editor", bound=QWidget)
Edit = TypeVar("Edit", bound=StringEdit | NumberEdit | SecondsEdit)


class Field(QWidget, Generic[Editor]):
    """A label above an editor; a problem shows as a mark beside the label and in words beneath.

    Attributes:
        editor: the widget that is edited; it carries the object name.
        header: the row of the label, for what belongs beside it.
        lines: where the words go; a row of several fields gives them its whole width.
    """

    def __init__(self, label: str, editor: Editor, object_name: str, tip: str) -> None:
        super().__init__()
        self.editor = editor
        self._tip = tip
        self._keeps_room = False
        plain = label.replace("&", "")
        named(editor, object_name, plain, tip)
        self._label = Label(label)
        self._label.setBuddy(editor)
        set_tip(self._label, tip)
        self._label.setMinimumHeight(self._label.fontMetrics().height() + 5)
        self._line: ToneLine | None = None
        self._mark: Label | None = None
        self.header = QHBoxLayout()
        self.header.setSpacing(style.SPACING)
        self.header.addWidget(self._label)
        self.header.addStretch(1)
        self.lines = QVBoxLayout(self)
        self.lines.setContentsMargins(0, 0, 0, 0)
        self.lines.setSpacing(2)
        self.lines.addLayout(self.header)
        self.lines.addWidget(editor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def keep_room(self) -> None:
        """Let the words keep their room once they are gone: for an editor with buttons that must not move then."""
        self._keeps_room = True

    @property
    def title(self) -> str:
        """Its label, without the mark of its shortcut."""
        return self._label.text().replace("&", "")

    def show_problems(self, problems: list[Problem]) -> None:
        """Say the gravest of them in words and all of them in the tooltip."""
        if not problems:
            if self.problem_text():
                assert self._line
                assert self._mark
                self._line.hide()
                self._mark.hide()
                set_tip(self.editor, self._tip)
                self.editor.setAccessibleDescription("")
            return
        if self._line is None or self._mark is None:
            self._line, self._mark = ToneLine(), Label()
            self._line.setObjectName(f"{self.editor.objectName().removesuffix('.editor')}.problem")
            policy = self._line.sizePolicy()
            policy.setRetainSizeWhenHidden(self._keeps_room)
            self._line.setSizePolicy(policy)
            self.header.insertWidget(1, self._mark)
            self.lines.addWidget(self._line)
        first = max(problems, key=lambda problem: _RANK.index(problem.severity))
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        all_of_them = "\n".join(map(sentence, problems))
        tone = TONES[first.severity]
        self._line.show_line(tone, sentence(first) + more, all_of_them)
        self._mark.setPixmap(icons.tone_icon(tone).pixmap(_MARK_SIZE, self.devicePixelRatio()))
        set_tip(self._mark, all_of_them)
        self._mark.show()
        set_tip(self.editor, f"{self._tip}\n\n{all_of_them}")
        self.editor.setAccessibleDescription(all_of_them)

    def problem_text(self) -> str:
        """What the line beneath says now; empty when it is hidden."""
        return self._line.text() if self._line and not self._line.isHidden() else ""


class OptionalField(Field[Edit], Generic[Edit]):
    """A field with a switch: off means that its sub-item is absent, and what was typed stays for when it is back.

    Attributes:
        changed: the text or the switch was changed by the person.
    """

    changed = Signal()

    def __init__(self, label: str, editor: Edit, object_name: str, tip: str, switch: str) -> None:
        super().__init__(label, editor, object_name, tip)
        self.switch = QCheckBox(switch)
        plain = label.replace("&", "")
        named(self.switch, f"{object_name}.on", f"{plain}: {switch}", "Off leaves it out, which is not the same as 0")
        self.switch.setChecked(True)
        self.header.addWidget(self.switch)
        self.switch.toggled.connect(editor.setEnabled)
        self.switch.toggled.connect(self.changed)
        editor.textChanged.connect(self.changed)

    def is_on(self) -> bool:
        return self.switch.isChecked()

    def show_value(self, value: Any, when_off: Any) -> None:
        """Show a value and tell nobody; None switches off and leaves `when_off` waiting in the editor."""
        self.blockSignals(True)
        self.switch.setChecked(value is not None)
        self.editor.set_value(when_off if value is None else value)
        self.blockSignals(False)
