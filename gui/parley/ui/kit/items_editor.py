"""A small table of items with its buttons and keys: add, remove, move; a double-click or F2 edits a cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from parley.model import registry
from parley.ui.kit import icons, style
from parley.ui.kit.cells import Cell, SecretCell, UidCell
from parley.ui.kit.edits import move_rows
from parley.ui.kit.fields import ComboBox, Field, Hint, LineEdit, named
from parley.ui.kit.items_model import ItemsModel

if TYPE_CHECKING:
    from parley.model.problems.validation import Problem

_MOST_ROWS_SHOWN = 6


class CellDelegate(QStyledItemDelegate):
    """Makes the editor that fits a cell: a line, a masked line, or a box to choose from that takes other codes too."""

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        model = index.model()
        assert isinstance(model, ItemsModel)
        cell = model.columns[index.column()]
        if words := cell.words_to_choose():
            box = ComboBox([(each, each) for each in words], parent)
            box.setEditable(True)
            if not cell.completes():
                box.setCompleter(None)  # type: ignore[arg-type]
            box.setAccessibleName(cell.heading)
            return box
        line = LineEdit(parent)
        line.setFrame(False)
        line.setAccessibleName(cell.heading)
        if isinstance(cell, SecretCell):
            line.setEchoMode(QLineEdit.EchoMode.Password)
        return line

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        line = editor.lineEdit() if isinstance(editor, ComboBox) else editor
        assert isinstance(line, QLineEdit)
        if line.isModified():
            # The row has changed elsewhere, such as in its marks: what is being typed stays.
            return
        text = str(index.data(Qt.ItemDataRole.EditRole))
        if isinstance(editor, ComboBox):
            editor.setCurrentIndex(editor.findText(text))
            editor.setEditText(text)
        else:
            line.setText(text)
        line.selectAll()

    def setModelData(
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        assert isinstance(editor, ComboBox | LineEdit)
        text = editor.currentText() if isinstance(editor, ComboBox) else editor.text()
        model.setData(index, text, Qt.ItemDataRole.EditRole)


class ItemsTable(QTableView):
    """The table itself; its columns share the width, its height follows its rows."""

    def __init__(self, model: ItemsModel) -> None:
        super().__init__()
        self._cells = model.columns
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.horizontalHeader().setHighlightSections(False)
        for change in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            change.connect(self._fit)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        count = self.model().rowCount()
        rows = min(max(count, 1), _MOST_ROWS_SHOWN) * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth() + 2)
        self.setVisible(count > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room, whole = self.viewport().width(), sum(cell.share for cell in self._cells)
        widths = [int(room * cell.share / whole) for cell in self._cells[:-1]]
        for section, width in enumerate((*widths, room - sum(widths))):
            self.horizontalHeader().resizeSection(section, width)


class ItemsEditor(QWidget):
    """Edits a tuple of items; no cell is refused for what it says.

    Attributes:
        changed: the items were edited.
        selected: other rows are selected, or their items changed.
        model, table: the parts.

    Args:
        new: makes an item; of a SOP class where the first column is one, which the person then searches for.
        duplicates: whether there is a button that copies the selected rows.
    """

    changed = Signal()
    selected = Signal()

    def __init__(
        self,
        columns: tuple[Cell, ...],
        new: Callable[..., Any],
        object_name: str,
        name: str,
        *,
        duplicates: bool = False,
    ) -> None:
        super().__init__()
        self._new = new
        self._object_name = object_name
        self._name = name
        self._searches = isinstance(columns[0], UidCell)
        self.model = ItemsModel(columns, self)
        self.table = ItemsTable(self.model)
        tip = "F2 or a double-click edits a cell, Ins adds a row, Del removes it, Alt+Up and Alt+Down move it"
        named(self.table, object_name, name, f"{tip}, Ctrl+D copies it" if duplicates else tip)
        search = "Search by name, keyword or UID, and add" if self._searches else "Add a row"
        self.add_button = self._button("add", "add", "Add", f"{search} (Ins)")
        self._up = self._button("up", "up", "Move up", "Earlier (Alt+Up)")
        self._down = self._button("down", "down", "Move down", "Later (Alt+Down)")
        self._remove = self._button("remove", "remove", "Remove", "Remove the selected rows (Del)")
        self._chosen: tuple[QToolButton, ...] = (self._up, self._down, self._remove)
        if duplicates:
            duplicate = self._button("duplicate", "duplicate", "Duplicate", "Copy the selected rows (Ctrl+D)")
            duplicate.clicked.connect(self._duplicate)
            self._key("Ctrl+D", duplicate)
            self._chosen = (duplicate, *self._chosen)
        # At the end, where it stays when the others appear: one of them would come under the pointer otherwise.
        self.buttons = (*self._chosen, self.add_button)
        self.setFocusProxy(self.add_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.table)
        self.add_button.clicked.connect(self._add)
        self._up.clicked.connect(partial(self._move, -1))
        self._down.clicked.connect(partial(self._move, 1))
        self._remove.clicked.connect(self._remove_rows)
        for key, button in (("Ins", self.add_button), ("Del", self._remove), ("Alt+Up", self._up)):
            self._key(key, button)
        self._key("Alt+Down", self._down)
        self.model.edited.connect(self.changed)
        self.model.edited.connect(self._enable)
        self.model.modelReset.connect(self._enable)
        self.table.selectionModel().selectionChanged.connect(self._enable)
        self._enable()

    # --- values ------------------------------------------------------------------------------------------------------

    def value(self) -> tuple[Any, ...]:
        return self.model.items()

    def set_value(self, value: tuple[Any, ...]) -> None:
        """Show other items and tell nobody."""
        self.model.set_items(value)

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        yield from self.model.typed_problems()

    def selected_rows(self) -> list[int]:
        return sorted(index.row() for index in self.table.selectionModel().selectedRows())

    def select(self, row: int) -> None:
        """Select one row and put the focus there."""
        if row < self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(row, 0))
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what the person does ----------------------------------------------------------------------------------------

    @Slot()
    def _add(self) -> None:
        if not self._searches:
            self.select(self.model.add([self._new()])[0])
            self.table.edit(self.table.currentIndex())
            return
        from parley.ui.kit.uid_picker import Picker

        picker = Picker(registry.ABSTRACT_SYNTAXES, self._name.lower(), self)
        picker.picked.connect(self._take)
        picker.open()

    @Slot(object)
    def _take(self, uids: tuple[str, ...]) -> None:
        rows = self.model.add([self._new(uid) for uid in uids])
        self.select(rows[0])

    @Slot()
    def _remove_rows(self) -> None:
        rows = self.selected_rows()
        self.model.remove(rows)
        if rows and self.model.rowCount():
            self.select(min(rows[0], self.model.rowCount() - 1))
        elif rows:
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _duplicate(self) -> None:
        rows = self.selected_rows()
        if rows:
            copies = self.model.add([self.model.item(row) for row in rows], rows[-1] + 1)
            self.select(copies[0])
            self._mark(copies)

    def _move(self, step: int, _checked: bool = False) -> None:
        self._mark(move_rows(self.model, self.selected_rows(), step))

    def _mark(self, rows: Iterable[int]) -> None:
        """Have these rows selected and no other, at once: a button that has nothing selected would lose the focus."""
        chosen = QItemSelection()
        for row in rows:
            chosen.select(self.model.index(row, 0), self.model.index(row, self.model.columnCount() - 1))
        self.table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @Slot()
    def _enable(self) -> None:
        some = bool(self.selected_rows())
        for button in self._chosen:
            button.setEnabled(some)
            button.setVisible(self.model.rowCount() > 0)
        self.selected.emit()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _button(self, part: str, icon: str, words: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon))
        button.setIconSize(style.ICON_SIZE)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        named(button, f"{self._object_name}.{part}", f"{words}: {self._name}", tip)
        return button

    def _key(self, key: str, button: QToolButton) -> None:
        """A key for what a button does, while the table has the focus."""
        action = QAction(button.accessibleName(), self.table)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(button.click)
        self.table.addAction(action)


class ItemsField(Field[ItemsEditor]):
    """A labelled table: the buttons stand beside the label, and rows with problems are marked."""

    def __init__(self, label: str, editor: ItemsEditor, tip: str) -> None:
        super().__init__(label, editor, f"{editor.table.objectName()}.editor", tip)
        for button in editor.buttons:
            self.header.addWidget(button)

    def show_problems(self, problems: list[Problem]) -> None:
        super().show_problems(problems)
        rows: dict[int, list[Problem]] = {}
        for problem in problems:
            if found := re.search(r"\w+\[(\d+)\]", problem.field):
                rows.setdefault(int(found[1]), []).append(problem)
        self.editor.model.show_problems(rows)


class ExplainedItemsField(ItemsField):
    """A labelled table with a sentence beneath it.

    Args:
        when_empty: what the items are for, while there are none.
        otherwise: what else to know of them.
    """

    def __init__(self, label: str, editor: ItemsEditor, tip: str, when_empty: str, otherwise: str) -> None:
        super().__init__(label, editor, tip)
        self._sentences = otherwise, when_empty
        self._hint = Hint()
        self._hint.setObjectName(f"{editor.table.objectName()}.hint")
        self.lines.addWidget(self._hint)
        for change in (editor.model.rowsInserted, editor.model.rowsRemoved, editor.model.modelReset):
            change.connect(self._explain)
        self._explain()

    @Slot()
    def _explain(self) -> None:
        self._hint.setText(self._sentences[self.editor.model.rowCount() == 0])
