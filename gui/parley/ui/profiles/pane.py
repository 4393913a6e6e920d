"""The list of profiles and what can be done with them. What may be done, and when to ask, is the book's business."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    Slot,
)
from PySide6.QtGui import QAction, QFont, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from parley.bridge.profiles.book import Answer, ProfileBook
from parley.bridge.tooltips import tip_text
from parley.model.files.entries import StoredProfile
from parley.model.files.secrets import is_own_reference, references_of
from parley.model.profile import Profile
from parley.ui.kit import icons, style
from parley.ui.kit.fields import ToneLine, named
from parley.ui.kit.texts import Heading, add_choice, message_box, set_tip, text_question
from parley.ul.visible import LONGEST_NAME, one_line, shortened

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

    from parley.bridge.profiles.conflicts import Conflict

Index = QModelIndex | QPersistentModelIndex
Runs = list[tuple[int, int]]
_Role = Qt.ItemDataRole
KEY_ROLE = _Role.UserRole
_MANY_RUNS = 50
"""So many runs of rows that come or go take a view longer, one by one, than all rows anew."""
_DIALOG_WIDTH = 380
"""Pixels: room for a profile's name and for the dialog's own title."""


class ProfileModel(QAbstractListModel):
    """The book's list as rows; editing a row renames the profile.

    Attributes:
        is_listing: rows come and go now: where the view then points to is nobody's wish.
    """

    def __init__(self, book: ProfileBook, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._rows = book.entries
        self._marked = book.key
        self.is_listing = False
        self._open: Mapping[str, str] = {}
        self._waiting: Collection[str] = ()
        book.listed.connect(self._list_again)
        book.state_changed.connect(self._mark_again)

    def row_of(self, key: str) -> int:
        """-1 when it is not listed."""
        return next((row for row, entry in enumerate(self._rows) if entry.key == key), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        entry = self._rows[index.row()]
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags if entry.built_in or entry.profile is None else flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self._rows[index.row()]
        is_open = entry.key == self._book.key
        if role == _Role.DisplayRole:
            name = f"{entry.folder} / {entry.name}" if entry.folder else entry.name
            return one_line(f"* {name}" if is_open and self._book.is_dirty else name, LONGEST_NAME)
        if role == _Role.AccessibleTextRole:
            unsaved = "unsaved changes" if is_open and self._book.is_dirty else ""
            return ", ".join(filter(None, (one_line(entry.name, LONGEST_NAME), unsaved, self._open.get(entry.key))))
        if role == _Role.EditRole:
            return shortened(entry.name)
        if role == _Role.DecorationRole:
            whole = icons.icon("active" if entry.key in self._open else "profile")
            if entry.key in self._waiting:
                whole = icons.tone_icon(style.Tone.WARNING)
            return whole if entry.profile else icons.tone_icon(style.Tone.ERROR)
        if role == _Role.ToolTipRole:
            unsaved = "It has unsaved changes." if is_open and self._book.is_dirty else ""
            return tip_text("\n".join(filter(None, (_tip(entry), unsaved, self.open_words(entry.key)))))
        if role == _Role.ForegroundRole and entry.profile is None:
            return style.muted(QGuiApplication.palette())
        if role == _Role.FontRole and is_open:
            font = QFont()
            font.setBold(True)
            return font
        return entry.key if role == KEY_ROLE else None

    def setData(self, index: Index, value: object, role: int = _Role.EditRole) -> bool:
        entry = self._rows[index.row()]
        if role != _Role.EditRole or str(value) == shortened(entry.name):
            return False
        return self._book.rename(entry.key, str(value))

    def open_words(self, key: str) -> str:
        """What a profile has open, as a sentence; empty where nothing is."""
        words = self._open.get(key, "")
        return f"{words[:1].upper()}{words[1:]}." if words else ""

    def show_open(self, words: Mapping[str, str], waiting: Collection[str] = ()) -> None:
        """Mark the profiles that have an association or a listener open; by key, in words.

        Args:
            waiting: the keys of those at which devices wait for an answer.
        """
        changed = {key for key in {*words, *self._open} if words.get(key) != self._open.get(key)}
        changed |= {*waiting} ^ {*self._waiting}
        self._open, self._waiting = words, waiting
        for key in changed:
            if (row := self.row_of(key)) >= 0:
                self.dataChanged.emit(self.index(row), self.index(row))

    @Slot()
    def _list_again(self) -> None:
        """Rows come and go where they do; the others stay, and so does how far the list is scrolled."""
        self.is_listing = True
        before, wanted = {_place(entry) for entry in self._rows}, {_place(entry) for entry in self._book.entries}
        going = _runs([_place(entry) not in wanted for entry in self._rows])
        coming = _runs([_place(entry) not in before for entry in self._book.entries])
        if len(going) + len(coming) > _MANY_RUNS:
            self.beginResetModel()
            self._rows = self._book.entries
            self.endResetModel()
        else:
            self._update(going, coming)
        self.is_listing = False

    def _update(self, going: Runs, coming: Runs) -> None:
        for first, last in reversed(going):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._rows = self._rows[:first] + self._rows[last + 1 :]
            self.endRemoveRows()
        for first, last in coming:
            self.beginInsertRows(QModelIndex(), first, last)
            self._rows = self._rows[:first] + self._book.entries[first : last + 1] + self._rows[first:]
            self.endInsertRows()
        rows, self._rows = self._rows, self._book.entries
        for first, last in _runs([new is not old for new, old in zip(self._rows, rows, strict=True)]):
            self.dataChanged.emit(self.index(first), self.index(last))

    @Slot()
    def _mark_again(self) -> None:
        """The open profile was changed, or another one is open now."""
        for key in {self._marked, self._book.key}:
            if (row := self.row_of(key)) >= 0:
                self.dataChanged.emit(self.index(row), self.index(row))
        self._marked = self._book.key


class ProfilesPane(QWidget):
    """Lists profiles, opens what is selected, and asks what the book wants asked.

    Attributes:
        new_action, save_action, save_as_action, revert_action, duplicate_action, rename_action, delete_action: for
            toolbar and menus.
        sample_menu: profiles that are shipped, to begin with.
    """

    def __init__(self, book: ProfileBook) -> None:
        super().__init__()
        self._book = book
        self._answers: dict[int, Answer] = {}
        self._model = ProfileModel(book, self)
        self.list = QListView()
        named(self.list, "profiles.list", "Profiles", "Saved connections; the open one is bold")
        self.list.setModel(self._model)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(style.ICON_SIZE)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self._line = ToneLine()
        self._line.setObjectName("profiles.problem")
        self._line.hide()
        self._make_actions()
        self._lay_out()
        self.list.selectionModel().currentChanged.connect(self._current_changed)
        self.list.selectionModel().selectionChanged.connect(self._look_at_selection)
        book.listed.connect(self._listed)
        book.state_changed.connect(self._enable)
        book.opened.connect(self._opened)
        book.failed.connect(self._say)
        book.noted.connect(self._note)
        book.unsaved.connect(self._ask_unsaved)
        book.conflicting.connect(self._ask_conflict)
        book.name_wanted.connect(self._ask_name)
        self._point_at_open()

    def _make_actions(self) -> None:
        self.new_action = self._action("&New", "new", "Ctrl+N", "New profile", self._book.create)
        self.save_action = self._action("&Save", "save", "Ctrl+S", "Save the open profile", self._save)
        self.save_as_action = self._action(
            "Save &as…", "save_as", "Ctrl+Shift+S", "Save under another name", self._book.want_name
        )
        self.revert_action = self._action(
            "Re&vert", "revert", "Ctrl+Alt+Z", "Go back to what was saved", self._book.revert
        )
        self.duplicate_action = self._action(
            "&Duplicate", "duplicate", "Ctrl+Shift+D", "Copy the selected profile", self._duplicate
        )
        self.rename_action = self._action("&Rename", "rename", "F2", "Rename the selected profile", self._rename)
        self.delete_action = self._action("De&lete…", "delete", "Del", "Delete the selected profile", self._ask_delete)
        self.sample_menu = QMenu("New from &sample", self)
        self.sample_menu.setObjectName("profiles.samples")
        self.sample_menu.setToolTipsVisible(True)
        self.sample_menu.aboutToShow.connect(self._fill_samples)
        for action in (self.rename_action, self.delete_action):
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self.list.addAction(action)

    def _action(self, text: str, icon: str, keys: str, tip: str, slot: object) -> QAction:
        action = QAction(icons.icon(icon), text, self)
        action.setShortcut(QKeySequence(keys))
        set_tip(action, f"{tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
        action.triggered.connect(slot)
        return action

    def _lay_out(self) -> None:
        heading = Heading("Profiles")
        heading.setBuddy(self.list)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(heading, 1)
        for name, action in (
            ("new", self.new_action),
            ("duplicate", self.duplicate_action),
            ("rename", self.rename_action),
            ("delete", self.delete_action),
        ):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAutoRaise(True)
            button.setIconSize(style.ICON_SIZE)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            named(button, f"profiles.{name}", action.toolTip().partition(" (")[0], action.toolTip())
            top.addWidget(button)
        self.list.addActions([self.new_action, self.duplicate_action, self.revert_action])
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.SPACING, style.SPACING, style.SPACING)
        layout.setSpacing(style.SPACING)
        layout.addLayout(top)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._line)

    def show_open(self, words: Mapping[str, str], waiting: Collection[str] = ()) -> None:
        """See `ProfileModel.show_open`."""
        self._model.show_open(words, waiting)

    def add_line(self, line: QWidget) -> None:
        """Put beneath the list what tells of work on profiles."""
        layout = self.layout()
        assert layout is not None
        layout.addWidget(line)

    def changeEvent(self, event: QEvent) -> None:
        """Who comes back to the window may have changed files elsewhere."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._book.refresh()

    # --- the list and the open profile -------------------------------------------------------------------------------

    def _selected(self) -> StoredProfile | None:
        key = self.list.currentIndex().data(KEY_ROLE)
        return self._book.entry(key) if key else None

    @Slot()
    def _current_changed(self) -> None:
        if self._model.is_listing:
            return
        self._line.hide()
        entry = self._selected()
        if entry is not None and entry.profile is None:
            self._say(f"{_reason(entry)} “{self._book.draft.name}” stays open.")
        elif entry is not None:
            self._book.open(entry.key)
        self._enable()

    @Slot()
    def _look_at_selection(self) -> None:
        """A file that cannot be read is not highlighted: what the panels show would look as if it were its own.

        It keeps the keyboard's frame, so that one can go on from it, or delete it.
        """
        rows = self.list.selectionModel().selectedIndexes()
        entry = self._book.entry(rows[0].data(KEY_ROLE)) if rows else None
        if entry is not None and entry.profile is None and not self._model.is_listing:
            self._highlight_open()

    def _highlight_open(self) -> None:
        row = self._model.row_of(self._book.key)
        chosen = self._model.index(row) if row >= 0 else QModelIndex()
        self.list.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @Slot()
    def _listed(self) -> None:
        """Point at the open profile again, but not away from a file of which it is said that it cannot be read."""
        entry = self._selected()
        if entry is None or entry.profile is not None:
            self._point_at_open()

    @Slot()
    def _point_at_open(self) -> None:
        """Select the open profile; that is not a wish to open it."""
        row = self._model.row_of(self._book.key)
        with QSignalBlocker(self.list.selectionModel()):
            self.list.setCurrentIndex(self._model.index(row) if row >= 0 else QModelIndex())
        self.list.viewport().update()
        self._enable()

    @Slot(object)
    def _opened(self, _profile: object) -> None:
        self._line.hide()
        self._point_at_open()

    @Slot(str)
    def _say(self, text: str) -> None:
        self._line.show_line(style.Tone.ERROR, text)

    @Slot(str)
    def _note(self, text: str) -> None:
        self._line.show_line(style.Tone.WARNING, text)

    def _enable(self) -> None:
        entry = self._selected()
        readable = entry is not None and entry.profile is not None
        own = entry is not None and not entry.built_in
        self.save_action.setEnabled(self._book.is_dirty)
        self.revert_action.setEnabled(self._book.is_dirty)
        self.duplicate_action.setEnabled(readable)
        self.rename_action.setEnabled(readable and own)
        self.delete_action.setEnabled(own)

    # --- wishes and questions ----------------------------------------------------------------------------------------

    @Slot()
    def _save(self) -> None:
        """What was said of the saving before is no longer true."""
        self._line.hide()
        self._book.save()

    @Slot()
    def _fill_samples(self) -> None:
        from parley.model.samples import sample_profiles

        if self.sample_menu.isEmpty():
            for sample in sample_profiles():
                action = add_choice(self.sample_menu, sample.name, sample.comment)
                action.triggered.connect(partial(self._create_like, sample))

    def _create_like(self, sample: Profile, _checked: bool = False) -> None:
        self._book.create_like(sample)

    @Slot()
    def _duplicate(self) -> None:
        if entry := self._selected():
            self._book.duplicate(entry.key)

    @Slot()
    def _rename(self) -> None:
        self.list.setFocus()
        self.list.edit(self.list.currentIndex())

    @Slot()
    def _ask_delete(self) -> None:
        entry = self._selected()
        if entry is None:
            return
        kept = entry.profile is not None and any(map(is_own_reference, references_of(entry.profile)))
        secrets = ", and so are its secrets in the key store unless another profile uses them" if kept else ""
        open_words = self._model.open_words(entry.key)
        going = f"{open_words} That ends with it." if open_words else ""
        box = self._box(
            "profiles.delete_question",
            f'Delete the profile "{one_line(entry.name, LONGEST_NAME)}"?',
            " ".join(filter(None, (f"The file {entry.key} is removed for good{secrets}.", going))),
        )
        delete = box.addButton("&Delete", box.ButtonRole.DestructiveRole)
        delete.setObjectName("profiles.delete_question.delete")
        delete.setProperty("key", entry.key)
        delete.clicked.connect(self._delete)
        box.setDefaultButton(box.addButton(box.StandardButton.Cancel))
        box.open()

    @Slot()
    def _delete(self) -> None:
        self._book.delete(self.sender().property("key"))

    @Slot(str)
    def _ask_unsaved(self, name: str) -> None:
        more = "They are lost otherwise."
        if self._book.left_out:
            more += f" What cannot be a value is lost in any case: {'; '.join(self._book.left_out)}."
        box = self._box("profiles.unsaved_question", f'Save the changes to "{one_line(name, LONGEST_NAME)}"?', more)
        buttons = box.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        self._answers = {buttons.Save.value: Answer.SAVE, buttons.Discard.value: Answer.DISCARD}
        box.finished.connect(self._answer_unsaved)
        box.open()

    @Slot(int)
    def _answer_unsaved(self, result: int) -> None:
        self._book.answer(self._answers.get(result, Answer.STAY))

    @Slot(object)
    def _ask_conflict(self, conflict: Conflict) -> None:
        from parley.ui.profiles.conflict_question import ConflictQuestion

        dialog = ConflictQuestion(conflict, self)
        dialog.chosen.connect(self._book.settle)
        dialog.open()

    @Slot(str)
    def _ask_name(self, suggestion: str) -> None:
        words = "Save profile as", "Name of the new profile:"
        dialog = text_question(self, "profiles.name_question", *words, suggestion)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.resize(_DIALOG_WIDTH, dialog.sizeHint().height())
        dialog.textValueSelected.connect(self._book.save_as)
        dialog.rejected.connect(self._book.give_up)
        dialog.open()

    def _box(self, object_name: str, text: str, more: str) -> QMessageBox:
        from PySide6.QtWidgets import QMessageBox

        box = message_box(self, object_name, QMessageBox.Icon.Question, text, more)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return box


def _place(entry: StoredProfile) -> tuple[str, str, str]:
    """What the list is sorted by: two that have the same stand for each other, and never change places with others."""
    return entry.folder, entry.name, entry.key


def _runs(marks: Sequence[bool]) -> Runs:
    """The first and the last index of each run of what is marked."""
    ends = [i for i, mark in enumerate(marks) if mark and not (i + 1 < len(marks) and marks[i + 1])]
    starts = [i for i, mark in enumerate(marks) if mark and not (i and marks[i - 1])]
    return list(zip(starts, ends, strict=True))


def _tip(entry: StoredProfile) -> str:
    if entry.built_in:
        return f"{entry.name}\nBuilt in: save it under another name to keep changes."
    if entry.profile is None:
        return f"{entry.name}\n{_reason(entry)}"
    return "\n".join(filter(None, (one_line(entry.name, LONGEST_NAME), entry.profile.comment, entry.key)))


def _reason(entry: StoredProfile) -> str:
    line = f", line {entry.line}" if entry.line is not None else ""
    return f"{entry.key}{line} cannot be read: {entry.problem}. It is left as it is."
