"""The live log: table, filter line, and what can be done with the rows."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from parley.bridge.log.export import ExportFormat, failure_words, lines_of, save_events
from parley.bridge.log.model import LogModel
from parley.bridge.log.row import HIDDEN_BY_DEFAULT, LogFilter
from parley.bridge.log.words import LOG
from parley.bridge.loop.job import Job
from parley.model.event import EngineEvent
from parley.model.expression import Expression, ExpressionError, parse
from parley.model.system_errors import error_words
from parley.ui.kit import icons, style
from parley.ui.kit.fields import ToneLine, named
from parley.ui.kit.job_line import JobLine, Said
from parley.ui.kit.texts import Label
from parley.ui.log.expression_edit import ExpressionEdit
from parley.ui.log.table import LogTable

_TYPING_MS = 120
"""How long the filter waits for the next key."""

_ONLY_THIS = "Only this"
_COPIED_AT_ONCE = 1000
"""More rows are copied by a job."""

_FORMATS = {f".{fmt.suffix}": fmt for fmt in ExportFormat}
_FILTERS = {fmt.value: suffix for suffix, fmt in _FORMATS.items()}


class LogView(QWidget):
    """Shows a `LogModel` and lets a person search, hold, copy, clear and save it.

    Signals:
        event_selected: the current row's event, or None.
    """

    event_selected = Signal(object)

    def __init__(self, model: LogModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.table = LogTable(model, self)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._make_bar()
        for button in (self._clear, self._undo, self._save):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._make_save_menu()
        self._jobs = JobLine("log", self)
        self._make_actions()
        self._lay_out()
        self._connect()
        self._counts_changed()

    # --- for the window --------------------------------------------------------------------------------------------

    @Slot()
    def focus_filter(self) -> None:
        """Go to the filter line, with its text selected."""
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.selectAll()

    def save(self, path: Path, fmt: ExportFormat, *, shown_only: bool) -> None:
        """Write the rows of this moment to a file, on a thread; the outcome is said above the table."""
        events = self._model.events(shown_only=shown_only)
        self._jobs.run(
            partial(_save, events, path, fmt),
            f"Saving {_counted(len(events))} …",
            lambda count: (style.Tone.OK, f"{_counted(count)} saved in {path}"),
            lambda error: (style.Tone.ERROR, failure_words(error, path)),
        )

    # --- building --------------------------------------------------------------------------------------------------

    def _make_bar(self) -> None:
        self._filter = ExpressionEdit(LOG, self)
        named(
            self._filter,
            "log.filter",
            "Filter of the log",
            "Show only rows in which all these words occur: summary, event, AE titles, addresses (Ctrl+F; Esc clears)."
            " ~ lists what else can be asked; & is and, | is or, ! is not, and parentheses group.",
        )
        self._filter.setPlaceholderText("Filter: words that must all occur; ~ lists more")
        self._filter.setClearButtonEnabled(True)
        self._filter.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._filter.setMinimumWidth(140)
        self._filter.installEventFilter(self)
        self._filter_problem = ToneLine(self)
        self._filter_problem.setObjectName("log.filter_problem")
        self._filter_problem.setContentsMargins(style.SPACING, 0, style.SPACING, style.SPACING // 2)
        self._filter_problem.hide()
        self._counts = Label("", self)
        named(self._counts, "log.counts", "Rows shown", "Rows shown, of all that are kept")
        self._counts.setContentsMargins(style.SPACING, 0, style.SPACING, 0)
        self._one = self._toggle(
            "log.association",
            _ONLY_THIS,
            "one_association",
            "Show only the association of the selected row (Ctrl+Shift+F)",
        )
        self._states = self._toggle("log.states", "States", "states", "Show state transitions and timers too")
        self._follow = self._toggle("log.follow", "Follow", "follow", "Keep the newest row in view (End)")
        self._follow.setChecked(True)
        self._pause = self._toggle(
            "log.pause", "Pause", "pause", "Hold the log still; what comes meanwhile waits and is not lost"
        )
        self._clear = self._button("log.clear", "Clear", "clear", "Empty the log; Undo brings it back")
        self._undo = self._button("log.undo_clear", "Undo clear", "revert", "Bring back what was cleared")
        self._save = self._button("log.save", "Save …", "save", "Save the log to a file")

    def _make_save_menu(self) -> None:
        self._save_menu = QMenu(self._save)
        self._save_menu.setObjectName("log.save_menu")
        self._save_shown = self._save_menu.addAction("Save shown rows …")
        self._save_all = self._save_menu.addAction("Save all rows, hidden ones too …")

    def _make_actions(self) -> None:
        """Keys and the table's context menu; the keys work anywhere in this view."""
        anywhere, in_table = Qt.ShortcutContext.WidgetWithChildrenShortcut, Qt.ShortcutContext.WidgetShortcut
        for text, keys, slot, owner, context in (
            ("Copy rows", ["Ctrl+C"], self._copy_rows, self.table, in_table),
            ("Only this association", ["Ctrl+Shift+F"], self._one.toggle, self, anywhere),
            ("Next of this association", ["Ctrl+."], partial(self.table.go_within_association, 1), self, anywhere),
            ("Previous of this association", ["Ctrl+,"], partial(self.table.go_within_association, -1), self, anywhere),
            ("Next match", ["F3"], partial(self.table.go_by, 1), self, anywhere),
            ("Previous match", ["Shift+F3"], partial(self.table.go_by, -1), self, anywhere),
        ):
            action = QAction(text, owner)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(context)
            action.triggered.connect(slot)
            owner.addAction(action)
            if owner is not self.table:
                self.table.addAction(action)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(style.SPACING, style.SPACING // 2, style.SPACING, style.SPACING // 2)
        bar.setSpacing(style.SPACING // 2)
        bar.addWidget(self._filter, 1)
        bar.addWidget(self._counts)
        for button in (self._one, self._states, self._follow, self._pause, self._clear, self._undo, self._save):
            bar.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._filter_problem)
        layout.addWidget(self._jobs)
        layout.addWidget(self.table, 1)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self._model.counts_changed.connect(self._counts_changed)
        self._typing.timeout.connect(self._typed)
        self._filter.textChanged.connect(self._typing.start)
        self._filter.returnPressed.connect(self._apply_filter)
        self._states.toggled.connect(self._apply_filter)
        self._one.toggled.connect(self._one_toggled)
        self._follow.toggled.connect(self.table.set_following)
        self.table.follow_changed.connect(self._follow.setChecked)
        self._pause.toggled.connect(self._model.set_paused)
        self._clear.clicked.connect(self._clear_log)
        self._undo.clicked.connect(self._model.undo_clear)
        self._save.clicked.connect(self._offer_to_save)
        self._save_shown.triggered.connect(partial(self._ask_where, True))
        self._save_all.triggered.connect(partial(self._ask_where, False))
        self.table.typed.connect(self._type_into_filter)
        self.table.event_selected.connect(self.event_selected)

    def _button(self, object_name: str, text: str, icon: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setIcon(icons.icon(icon))
        button.setIconSize(style.ICON_SIZE)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAutoRaise(True)
        named(button, object_name, text, tip)
        return button

    def _toggle(self, object_name: str, text: str, icon: str, tip: str) -> QToolButton:
        button = self._button(object_name, text, icon, tip)
        button.setCheckable(True)
        return button

    # --- filter ----------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the filter line Esc clears, then gives the focus back; the arrows go to the table."""
        if watched is self._filter and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                if self._filter.text():
                    self._filter.clear()
                    self._apply_filter()
                else:
                    self.table.setFocus()
                return True
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_PageDown}:
                self.table.setFocus()
                return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _type_into_filter(self, text: str) -> None:
        self._filter.setFocus()
        self._filter.setText(self._filter.text() + text)

    @Slot()
    def _typed(self) -> None:
        if self._filter.is_offering:
            self._typing.start()
        else:
            self._apply_filter()

    @Slot()
    def _apply_filter(self) -> None:
        self._typing.stop()
        event = self.table.current_event()
        number = self._model.filter.association
        if not self._one.isChecked():
            number = None
        elif number is None:
            number = event.association if event else None
        hidden = frozenset() if self._states.isChecked() else HIDDEN_BY_DEFAULT
        self._model.set_filter(LogFilter(self._expression(), hidden, number))

    def _expression(self) -> Expression:
        """What the filter line says; the one before where it makes no sense, so that the rows stay."""
        try:
            expression = parse(self._filter.text(), LOG)
        except ExpressionError as error:
            words = f"This filter makes no sense at {error}. The rows are still those of the filter before."
            self._filter.show_problem(words)
            self._filter_problem.show_line(style.Tone.ERROR, f"{style.Tone.ERROR.word}: {words}")
            return self._model.filter.expression
        self._filter.show_problem("")
        self._filter_problem.hide()
        return expression

    @Slot(bool)
    def _one_toggled(self, checked: bool) -> None:
        if checked and self.table.current_event() is None:
            self._one.setChecked(False)
            self._jobs.say((style.Tone.NOTE, "Select a row first: its association is then the only one shown."))
            return
        self._apply_filter()
        number = self._model.filter.association
        self._one.setText(_ONLY_THIS if number is None else f"Only {number}")

    @Slot()
    def _counts_changed(self) -> None:
        model = self._model
        words = f"{_spaced(model.shown)} of {_spaced(model.total)}"
        if model.waiting or model.is_paused:
            words += f" · {_spaced(model.waiting)} waiting"
        self._counts.setText(words)
        self._undo.setVisible(model.can_undo_clear)

    # --- copy, clear, save -----------------------------------------------------------------------------------------

    @Slot()
    def _copy_rows(self) -> None:
        events = self.table.selected_events()
        if not events:
            return
        if len(events) <= _COPIED_AT_ONCE:
            QGuiApplication.clipboard().setText("".join(lines_of(events, ExportFormat.TEXT)))
            return
        words = f"Copying {_counted(len(events))} …"
        self._jobs.run(partial(_render, events), words, _put_on_clipboard, _said_of_failure)

    @Slot()
    def _clear_log(self) -> None:
        self._model.clear()
        self._one.setChecked(False)
        self.event_selected.emit(None)

    @Slot()
    def _offer_to_save(self) -> None:
        self._save_menu.popup(self._save.mapToGlobal(self._save.rect().bottomLeft()))

    def _ask_where(self, shown_only: bool, _checked: bool = False) -> None:
        from parley.ui.kit.file_dialogs import ask_where_to_save

        take = partial(self._save_to, shown_only)
        ask_where_to_save(self, "log.save_dialog", "Save the log", "parley-log", _FILTERS, take)

    def _save_to(self, shown_only: bool, path: Path, suffix: str) -> None:
        self.save(path, ExportFormat.of(path, _FORMATS[suffix]), shown_only=shown_only)


def _save(events: list[EngineEvent], path: Path, fmt: ExportFormat, job: Job) -> int:
    return save_events(events, path, fmt, job.report)


def _render(events: list[EngineEvent], job: Job) -> str:
    return "".join(lines_of(events, ExportFormat.TEXT, job.report))


def _put_on_clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _said_of_failure(error: Exception) -> Said:
    return style.Tone.ERROR, error_words(error)


def _counted(number: int) -> str:
    return f"{_spaced(number)} event{'' if number == 1 else 's'}"


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")
