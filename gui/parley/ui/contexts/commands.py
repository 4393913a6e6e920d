"""What else can be done with a contexts table: copy and paste it as text, spread transfer syntaxes, ask DICOM files.

The files are read on a thread; what they hold is added beneath, as one edit, and nothing that is there goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton

from parley.model.handle import ProposedContext
from parley.model.system_errors import error_words
from parley.ui.kit import icons, style
from parley.ui.kit.fields import named
from parley.ui.kit.file_dialogs import ask_for_files, ask_for_folder
from parley.ui.kit.file_drop import FileDrop
from parley.ui.kit.job_line import JobLine, Said

if TYPE_CHECKING:
    from parley.model.dicom_files import DicomFile, UnreadableFile
    from parley.ui.contexts.editor import ContextsEditor


class ContextCommands(QObject):
    """Gives an editor its commands, in the table's context menu and two buttons.

    Attributes:
        files: the button for DICOM files.
        more: the button for everything else.
        line: says what came of a command.
    """

    def __init__(self, editor: ContextsEditor[Any], prefix: str) -> None:
        super().__init__(editor)
        self._editor = editor
        self._prefix = prefix
        self._dialog_name = f"{prefix}.contexts.files_dialog"
        self.line = JobLine(f"{prefix}.contexts", editor)
        tip = "Propose what DICOM files need; they can be dropped on the table too"
        self.files = self._button("files", "folder", "From files", tip, text="Files")
        self.more = self._button("more", "more", "More commands", "Copy, paste, and spread transfer syntaxes")
        from_files = self._action("Contexts from DICOM &files…", "", self._ask_files)
        from_folder = self._action("Contexts from a &folder…", "", self._ask_folder)
        copy = self._action("&Copy as table", "Ctrl+C", self._copy)
        cut = self._action("Cu&t as table", "Ctrl+X", self._cut)
        self._paste = self._action("&Paste", "Ctrl+V", self._paste_text)
        spread = self._action("&One context per transfer syntax", "", self._spread)
        gather = self._action("One context with &all transfer syntaxes", "", self._gather)
        self._reserved = self._action("Show &reserved bytes", "", self._show_reserved)
        self._reserved.setCheckable(True)
        self._of_rows = [copy, cut, spread, gather]
        if editor.kind is not ProposedContext:  # an acceptor picks among what is proposed: there is nothing to spread
            for action in (spread, gather, self._reserved):
                action.setVisible(False)
        else:
            for change in (editor.model.modelReset, editor.model.rowsInserted):
                change.connect(self._look_for_reserved)
        self.files.setMenu(self._menu(from_files, from_folder))
        self.more.setMenu(self._menu(copy, cut, self._paste, None, spread, gather, None, self._reserved))
        table = editor.table
        table.addActions([copy, cut, self._paste, spread, gather, from_files, from_folder])
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._drop = FileDrop(table)
        self._drop.dropped.connect(self.read)
        table.selectionModel().selectionChanged.connect(self._enable)
        self._enable()

    def forget(self) -> None:
        """Another profile is shown: what is under way is not for it, and what was said neither."""
        self.line.cancel()
        self.line.say(None)

    # --- as text -----------------------------------------------------------------------------------------------------

    def _selected(self) -> list[Any]:
        return [self._editor.model.context(row) for row in self._editor.selected_rows()]

    @Slot()
    def _copy(self) -> None:
        from parley.model.context_table import to_text

        if chosen := self._selected():
            QGuiApplication.clipboard().setText(to_text(chosen))

    @Slot()
    def _cut(self) -> None:
        self._copy()
        self._editor.remove_selected()

    @Slot()
    def _paste_text(self) -> None:
        from parley.model.context_table import from_text

        pasted = from_text(QGuiApplication.clipboard().text())
        rows = self._editor.selected_rows()
        at = rows[-1] + 1 if rows else self._editor.model.rowCount()
        self._editor.insert(list(map(self._of_kind, pasted.contexts)), at)
        self.line.say(_said_of_paste(len(pasted.contexts), pasted.left_out))

    def _of_kind(self, context: ProposedContext) -> ProposedContext | Any:
        kind = self._editor.kind
        return context if kind is ProposedContext else kind(context.abstract_syntax, context.transfer_syntaxes)

    # --- transfer syntaxes over contexts -----------------------------------------------------------------------------

    @Slot()
    def _spread(self) -> None:
        from parley.model.contexts import one_per_transfer_syntax

        self._change(self._editor.selected_rows(), one_per_transfer_syntax)

    @Slot()
    def _gather(self) -> None:
        """Of what is selected, and of its other contexts: who clicks on one of five means all five."""
        from parley.model.contexts import one_per_abstract_syntax

        chosen = {context.abstract_syntax for context in self._selected()}
        contexts = self._editor.contexts()
        rows = [row for row, context in enumerate(contexts) if context.abstract_syntax in chosen]
        self._change(rows, one_per_abstract_syntax)

    def _change(self, rows: Sequence[int], change: Any) -> None:
        """Put what comes of some rows in the place of the first of them."""
        contexts = self._editor.contexts()
        changed = change(tuple(contexts[row] for row in rows))
        before = [c for row, c in enumerate(contexts) if row not in rows and row < rows[0]]
        after = [c for row, c in enumerate(contexts) if row not in rows and row > rows[0]]
        self._editor.replace_all((*before, *changed, *after))
        self._editor.select(range(rows[0], rows[0] + len(changed)))

    # --- reserved bytes ----------------------------------------------------------------------------------------------

    @Slot()
    def _look_for_reserved(self) -> None:
        """What is not zero is not hidden."""
        if not self._reserved.isChecked() and any(any(c.reserved_6_8) for c in self._editor.contexts()):
            self._reserved.trigger()

    @Slot(bool)
    def _show_reserved(self, shown: bool) -> None:
        self._editor.table.show_reserved(shown)

    # --- from files --------------------------------------------------------------------------------------------------

    @Slot()
    def _ask_files(self) -> None:
        ask_for_files(self._editor, self._dialog_name, "Contexts from DICOM files", self.read)

    @Slot()
    def _ask_folder(self) -> None:
        ask_for_folder(self._editor, self._dialog_name, "Contexts from a folder", self.read)

    @Slot(object)
    def read(self, paths: tuple[Path, ...]) -> None:
        """Add the contexts that these files, and the files in these folders, need."""
        from parley.bridge.reading import read_files

        self.line.run(partial(read_files, paths), "Reading DICOM files …", self._add, _said_of_failure)

    def _add(self, found: tuple[list[DicomFile], list[UnreadableFile]]) -> Said:
        from parley.model.contexts import not_covered
        from parley.model.dicom_files import propose_contexts

        files, unreadable = found
        proposed = propose_contexts(files)
        new = not_covered(proposed, self._editor.contexts())
        self._editor.insert(list(map(self._of_kind, new)), self._editor.model.rowCount())
        return _said_of_files(len(files), unreadable, len(new), len(proposed) - len(new))

    # --- making the actions ------------------------------------------------------------------------------------------

    @Slot()
    def _enable(self) -> None:
        some = bool(self._editor.selected_rows())
        for action in self._of_rows:
            action.setEnabled(some)

    def _action(self, text: str, keys: str, slot: Any) -> QAction:
        action = QAction(text, self._editor.table)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        return action

    def _menu(self, *actions: QAction | None) -> QMenu:
        menu = QMenu(self._editor)
        for action in actions:
            menu.addSeparator() if action is None else menu.addAction(action)
        return menu

    def _button(self, part: str, icon: str, name: str, tip: str, text: str = "") -> QToolButton:
        button = QToolButton()
        if text:
            button.setText(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIcon(icons.icon(icon))
        button.setIconSize(style.ICON_SIZE)
        button.setAutoRaise(True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        named(button, f"{self._prefix}.contexts.{part}", name, tip)
        return button


def _said_of_paste(count: int, left_out: tuple[str, ...]) -> Said:
    if left_out:
        words = (
            f"{_counted(count, 'context')} pasted; {_counted(len(left_out), 'line')} could not be read: {left_out[0]}"
        )
        return style.Tone.WARNING, words, left_out
    if not count:
        return style.Tone.NOTE, "There is no table of contexts on the clipboard."
    return None


def _said_of_files(count: int, unreadable: Sequence[UnreadableFile], added: int, known: int) -> Said:
    lines = tuple(f"{file.path}: {file.reason}" for file in unreadable)
    words = f"{_counted(added, 'context')} added for {_counted(count, 'DICOM file')}"
    if known:
        words += f", {known} more {'was' if known == 1 else 'were'} there already"
    if lines:
        words += f"; {_counted(len(lines), 'file')} left out"
        if len(lines) == 1:
            words += f": {lines[0]}"
    if not count and not lines:
        return style.Tone.NOTE, "There are no files in it."
    return style.Tone.WARNING if lines else style.Tone.OK, f"{words.removesuffix('.')}.", lines


def _said_of_failure(error: Exception) -> Said:
    return style.Tone.ERROR, f"The files could not be read: {error_words(error)}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
