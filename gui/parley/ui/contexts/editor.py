"""The contexts editor: a table of presentation contexts, and the transfer syntaxes of those that are selected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Generic, cast

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QAction, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QListView,
    QMenu,
    QSizePolicy,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from parley.model import registry
from parley.model.handle import DEFAULT_TRANSFER_SYNTAXES
from parley.ui.contexts.commands import ContextCommands
from parley.ui.contexts.model import ContextModel
from parley.ui.contexts.row import Column, Context
from parley.ui.contexts.uid_list_model import UidListModel
from parley.ui.kit import icons, style
from parley.ui.kit.column_shares import ColumnShares
from parley.ui.kit.edits import move_rows
from parley.ui.kit.fields import named
from parley.ui.kit.long_words import shorten_words
from parley.ui.kit.texts import Label, set_tip, show_tip
from parley.ul.visible import one_line

_COMMON = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70")

_SHARES = {Column.ABSTRACT_SYNTAX: 0.32, Column.TRANSFER_SYNTAXES: 0.22, Column.RESULT: 0.46}
_SHARES_WITHOUT_RESULT = {Column.ABSTRACT_SYNTAX: 0.58, Column.TRANSFER_SYNTAXES: 0.42}


class ContextsEditor(QWidget, Generic[Context]):
    """Edits a tuple of contexts; no cell is refused for what it says.

    Attributes:
        changed: the contexts were edited.
        roles_wanted: role selections that belong to contexts which are being added: part of the same edit.
        kind: of context.
        table: the table itself.
        model: its rows.
    """

    changed = Signal()
    roles_wanted = Signal(object)

    def __init__(self, kind: type[Context], prefix: str) -> None:
        super().__init__()
        self.kind = kind
        self._prefix = prefix
        self._keeps_place = False
        self.model: ContextModel[Context] = ContextModel(kind, self)
        self.model.edited.connect(self.changed)
        self.table = ContextTable(self.model)
        self.setFocusProxy(self.table)
        self._syntaxes = UidListModel(self)
        self._syntaxes.edited.connect(self._apply_syntaxes)
        self._list = _list(self._syntaxes)
        named(
            self._list,
            f"{prefix}.transfer_syntaxes",
            "Transfer syntaxes of the selected contexts",
            "In order of preference; drag or use the arrows to reorder, F2 types a UID",
        )
        self._heading = Label()
        self._heading.setObjectName(f"{prefix}.transfer_syntaxes.heading")
        self._template_menu = QMenu(self)
        self._template_menu.aboutToShow.connect(self._fill_templates)
        self._syntax_menu = QMenu(self)
        self._syntax_menu.aboutToShow.connect(self._fill_syntaxes)

        self._add = self._button("add", "add", "Add context", "Add contexts by name, keyword or UID (Ins)", text="Add…")
        self._template = self._button(
            "template", "template", "Add template", "Add a group of contexts", text="Template"
        )
        self._template.setMenu(self._template_menu)
        self._template.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._duplicate = self._button("duplicate", "duplicate", "Duplicate context", "Another context for the same")
        self._up = self._button("up", "up", "Move context up", "Earlier in the request (Alt+Up)")
        self._down = self._button("down", "down", "Move context down", "Later in the request (Alt+Down)")
        self._remove = self._button("remove", "remove", "Remove context", "Remove the selected contexts (Del)")
        syntaxes = "transfer_syntaxes."
        self._syntax_add = self._button(f"{syntaxes}add", "add", "Add transfer syntax", "Add a transfer syntax")
        self._syntax_add.setMenu(self._syntax_menu)
        self._syntax_add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._syntax_up = self._button(f"{syntaxes}up", "up", "Prefer transfer syntax", "More preferred (Alt+Up)")
        self._syntax_down = self._button(
            f"{syntaxes}down", "down", "Defer transfer syntax", "Less preferred (Alt+Down)"
        )
        self._syntax_remove = self._button(f"{syntaxes}remove", "remove", "Remove transfer syntax", "Remove it (Del)")

        self.commands = ContextCommands(self, prefix)
        self._lay_out()
        self._add.clicked.connect(self._pick_contexts)
        self._duplicate.clicked.connect(self._duplicate_rows)
        self._remove.clicked.connect(self.remove_selected)
        self._up.clicked.connect(partial(_move, self.table, -1))
        self._down.clicked.connect(partial(_move, self.table, 1))
        self._syntax_up.clicked.connect(partial(_move, self._list, -1))
        self._syntax_down.clicked.connect(partial(_move, self._list, 1))
        self._syntax_remove.clicked.connect(self._remove_syntaxes)
        self._keys(self.table, self._up, self._down, self._remove, self._add)
        self._keys(self._list, self._syntax_up, self._syntax_down, self._syntax_remove, None)
        self.table.selectionModel().selectionChanged.connect(self._show_selected)
        self._list.selectionModel().selectionChanged.connect(self._enable)
        for change in (self.model.modelReset, self.model.rowsRemoved, self.model.rowsInserted, self.model.dataChanged):
            change.connect(self._show_selected)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for button in (self._add, self._template, self.commands.files):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self._duplicate, self._up, self._down, self._remove, self.commands.more):
            buttons.addWidget(button)
        heading = QHBoxLayout()
        heading.setSpacing(2)
        heading.addWidget(self._heading, 1)
        for button in (self._syntax_add, self._syntax_up, self._syntax_down, self._syntax_remove):
            heading.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.table, 3)
        layout.addLayout(buttons)
        layout.addWidget(self.commands.line)
        layout.addLayout(heading)
        layout.addWidget(self._list, 2)

    # --- values ------------------------------------------------------------------------------------------------------

    def contexts(self) -> tuple[Context, ...]:
        return self.model.contexts()

    def set_contexts(self, contexts: tuple[Context, ...]) -> None:
        """Show other contexts and select the first, so that its transfer syntaxes can be seen."""
        if self._keeps_place:
            if contexts != self.contexts():
                self.commands.line.say(None)  # what was done is undone, or redone
            self.select(self.model.restore(contexts))
            return
        self.commands.forget()
        self.model.set_contexts(contexts)
        self.select(range(1) if contexts else range(0))

    @contextmanager
    def keeping_place(self) -> Iterator[None]:
        """What is set inside is another draft of the same: only the rows that differ are shown anew, and selected."""
        self._keeps_place = True
        try:
            yield
        finally:
            self._keeps_place = False

    def selected_rows(self) -> list[int]:
        """In order. Qt's own `selectedRows` asks the model about each cell of the selection."""
        ranges = cast("Iterable[QItemSelectionRange]", self.table.selectionModel().selection())
        return sorted({row for each in ranges if each.isValid() for row in range(each.top(), each.bottom() + 1)})

    def insert(self, contexts: Sequence[Context], at: int) -> None:
        """Add contexts before a row and select them; one edit."""
        self.select(self.model.insert(contexts, at))

    def replace_all(self, contexts: Sequence[Context]) -> None:
        """Edit all of them at once; rows that stay keep what is said about them."""
        self.select(self.model.replace_all(contexts))

    # --- what the person does ----------------------------------------------------------------------------------------

    def _pick_contexts(self) -> None:
        from parley.ui.kit.uid_picker import Picker

        picker = Picker(registry.ABSTRACT_SYNTAXES, "presentation contexts", self)
        picker.picked.connect(self._add_contexts)
        picker.open()

    def _add_contexts(self, abstract_syntaxes: tuple[str, ...]) -> None:
        self.select(self.model.add(abstract_syntaxes, DEFAULT_TRANSFER_SYNTAXES))

    def _fill_templates(self) -> None:
        if not self._template_menu.isEmpty():
            return
        for template in registry.templates():
            roles = f" and {len(template.roles)} roles" if template.roles else ""
            action = self._template_menu.addAction(f"{template.name}  ({len(template.abstract_syntaxes)}{roles})")
            set_tip(action, "\n".join(map(registry.labelled, template.abstract_syntaxes)))
            action.triggered.connect(partial(self._add_template, template))

    def _add_template(self, template: registry.Template, _checked: bool = False) -> None:
        with self.model.edits.as_one():
            self._add_contexts(template.abstract_syntaxes)
            if template.roles:
                self.roles_wanted.emit(template.roles)
                words = f"{template.name}: the role selections are in the section Negotiation."
                self.commands.line.say((style.Tone.OK, words))

    def _duplicate_rows(self) -> None:
        rows = self.selected_rows()
        copies = [self.model.context(row) for row in rows]
        plain = [type(copy)(copy.abstract_syntax, copy.transfer_syntaxes) for copy in copies]
        if rows:
            self.insert(plain, rows[-1] + 1)

    def remove_selected(self) -> None:
        rows = self.selected_rows()
        self.model.remove(rows)
        left = self.model.rowCount()
        if rows and left:
            at = min(rows[0], left - 1)
            self.select(range(at, at + 1))

    def _fill_syntaxes(self) -> None:
        if not self._syntax_menu.isEmpty():
            return
        for uid in _COMMON:
            self._syntax_menu.addAction(registry.labelled(uid)).triggered.connect(partial(self._add_syntaxes, (uid,)))
        family = self._syntax_menu.addMenu("Family")
        for group in registry.transfer_syntax_sets():
            family.addAction(group.name).triggered.connect(partial(self._add_syntaxes, group.uids))
        self._syntax_menu.addSeparator()
        self._syntax_menu.addAction("Search…").triggered.connect(self._pick_syntaxes)

    def _pick_syntaxes(self) -> None:
        from parley.ui.kit.uid_picker import Picker

        picker = Picker(registry.TRANSFER_SYNTAXES, "transfer syntaxes", self)
        picker.picked.connect(self._syntaxes.add)
        picker.open()

    def _add_syntaxes(self, uids: tuple[str, ...], _checked: bool = False) -> None:
        self._syntaxes.add(uids)

    def _remove_syntaxes(self) -> None:
        self._syntaxes.remove([index.row() for index in self._list.selectionModel().selectedRows()])

    def _apply_syntaxes(self) -> None:
        self.model.set_transfer_syntaxes(self.selected_rows(), self._syntaxes.uids())

    # --- what is shown -----------------------------------------------------------------------------------------------

    def select(self, rows: range) -> None:
        """Select these rows and bring them into view; none leaves the selection as it is."""
        if not rows:
            self._show_selected()
            return
        first, last = self.model.index(rows[0], 0), self.model.index(rows[-1], len(self.model.columns) - 1)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.table.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.table.selectionModel().select(QItemSelection(first, last), flags)
        self.table.scrollTo(first)

    def _show_selected(self) -> None:
        rows = self.selected_rows()
        lists = list(dict.fromkeys(self.model.context(row).transfer_syntaxes for row in rows))
        if not rows:
            text = "Transfer syntaxes: select a context"
        elif len(rows) == 1:
            text = f"Transfer syntaxes of {registry.labelled(self.model.context(rows[0]).abstract_syntax)}"
        elif len(lists) == 1:
            text = f"Transfer syntaxes of {len(rows)} contexts"
        else:
            text = f"{len(rows)} contexts differ; a change gives all of them this list"
        self._heading.setText(shorten_words(one_line(text)))
        shown = lists[0] if lists else ()
        if shown != self._syntaxes.uids():
            self._syntaxes.set_uids(shown)
        self._enable()

    def _enable(self) -> None:
        some = self.table.selectionModel().hasSelection()
        for button in (self._duplicate, self._up, self._down, self._remove, self._syntax_add):
            button.setEnabled(some)
        self._list.setEnabled(some)
        chosen = some and self._list.selectionModel().hasSelection()
        for button in (self._syntax_up, self._syntax_down, self._syntax_remove):
            button.setEnabled(chosen)

    def _button(self, part: str, icon: str, name: str, tip: str, text: str = "") -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon))
        button.setIconSize(style.ICON_SIZE)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if text:
            button.setText(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        named(button, f"{self._prefix}.contexts.{part}" if "." not in part else f"{self._prefix}.{part}", name, tip)
        return button

    @staticmethod
    def _keys(
        view: QAbstractItemView, up: QToolButton, down: QToolButton, remove: QToolButton, add: QToolButton | None
    ) -> None:
        """Keys for what the buttons do, while the view has the focus."""
        for key, button in (("Alt+Up", up), ("Alt+Down", down), ("Del", remove), ("Ins", add)):
            if button is not None:
                action = QAction(button.accessibleName(), view)
                action.setShortcut(QKeySequence(key))
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                action.triggered.connect(button.click)
                view.addAction(action)


class ContextTable(QTableView):
    """The table of contexts."""

    def __init__(self, model: ContextModel[Any]) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setMinimumHeight(92)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 7)
        self.horizontalHeader().setHighlightSections(False)
        shares = _SHARES if Column.RESULT in model.columns else _SHARES_WITHOUT_RESULT
        wide = {Column.NUMBER: "0000", Column.RESERVED: "00 00 00 "}
        number = {column: self.fontMetrics().horizontalAdvance(text) + 12 for column, text in wide.items()}
        section = model.columns.index
        self._shares = ColumnShares(
            self,
            self.horizontalHeader(),
            {section(column): share for column, share in shares.items()},
            fixed={section(column): width for column, width in number.items() if column in model.columns},
        )

        if Column.RESERVED in model.columns:
            self.setColumnHidden(section(Column.RESERVED), True)
        # Later: the focus, which comes back from the cell's editor, would hide the words.
        model.refused.connect(self._say_refused, Qt.ConnectionType.QueuedConnection)

    @Slot(QModelIndex, str)
    def _say_refused(self, index: QModelIndex, why: str) -> None:
        place = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        show_tip(place, f"Not taken: {why} What was there before stays.", self)

    def show_reserved(self, shown: bool) -> None:
        """Show the reserved bytes of the proposed contexts, which nearly nobody wants to see."""
        self.setColumnHidden(self._model.columns.index(Column.RESERVED), not shown)
        self._shares.share()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt moves row by row: it is one edit nevertheless."""
        with self._model.edits.as_one():
            super().dropEvent(event)


class SyntaxList(QListView):
    """The list of transfer syntaxes; dragging several is one edit."""

    def __init__(self, model: UidListModel) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)

    def dropEvent(self, event: QDropEvent) -> None:
        with self._model.edits.as_one():
            super().dropEvent(event)


def _list(model: UidListModel) -> QListView:
    view = SyntaxList(model)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
    view.setDefaultDropAction(Qt.DropAction.MoveAction)
    view.setMovement(QListView.Movement.Snap)
    view.setUniformItemSizes(True)
    view.setAlternatingRowColors(True)
    view.setMinimumHeight(50)
    view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    return view


def _move(view: QAbstractItemView, step: int, _checked: bool = False) -> None:
    """Move the selected rows and keep them selected."""
    model = cast("ContextModel[Any] | UidListModel", view.model())
    with model.edits.as_one():
        rows = move_rows(model, [index.row() for index in view.selectionModel().selectedRows()], step)
    if rows:
        view.scrollTo(model.index(rows[0], 0, QModelIndex()))
