"""A dialog that finds SOP classes, or transfer syntaxes, by name, keyword or UID, and adds several at once.

What is not in the registry can be added too when it looks like a UID: private ones are everyday.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from parley.bridge.tooltips import tip_text
from parley.model import registry
from parley.ui.kit import style
from parley.ui.kit.fields import StringEdit, named
from parley.ui.kit.texts import Label, set_title

_UID_LIKE = re.compile(r"\d[\d.]*")
Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
UID_ROLE = _Role.UserRole


class FoundModel(QAbstractTableModel):
    """What a search found, each with a tick that survives the next search.

    Attributes:
        ticked_changed: something was ticked or unticked.
    """

    ticked_changed = Signal()

    def __init__(self, kinds: tuple[registry.Kind, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kinds = kinds
        self._found: list[registry.Entry] = []
        self._ticked: dict[str, None] = {}
        self._retired_too = False
        self._text = ""
        self.search("")

    def search(self, text: str) -> None:
        """Find entries; a UID that is in no registry is offered as private."""
        self.beginResetModel()
        self._text = text
        found = registry.lookup(text, self._kinds)
        wanted = text.strip()
        self._found = [entry for entry in found if self._retired_too or not entry.retired or entry.uid == wanted]
        if _UID_LIKE.fullmatch(wanted) and wanted not in registry.entries():
            self._found.insert(0, registry.Entry(wanted, "Private", "", self._kinds[0]))
        self.endResetModel()

    def show_retired(self, shown: bool) -> None:
        self._retired_too = shown
        self.search(self._text)

    def ticked(self) -> tuple[str, ...]:
        """UIDs in the order in which they were ticked."""
        return tuple(self._ticked)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._found)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        if role == _Role.DisplayRole and orientation == Qt.Orientation.Horizontal and section < 2:
            return ("Name", "UID")[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags if index.column() else flags | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self._found[index.row()]
        if role == _Role.DisplayRole:
            return entry.uid if index.column() else f"{entry.name}{' (retired)' if entry.retired else ''}"
        if role == _Role.CheckStateRole and index.column() == 0:
            return Qt.CheckState.Checked if entry.uid in self._ticked else Qt.CheckState.Unchecked
        if role == _Role.ToolTipRole:
            return tip_text("\n".join(filter(None, (entry.name, entry.keyword, entry.uid, entry.service))))
        if role == _Role.ForegroundRole and entry.retired:
            return style.muted(QGuiApplication.palette())
        return entry.uid if role == UID_ROLE else None

    def setData(self, index: Index, value: object, role: int = _Role.EditRole) -> bool:
        if role != _Role.CheckStateRole or not index.isValid():
            return False
        uid = self._found[index.row()].uid
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._ticked[uid] = None
        else:
            self._ticked.pop(uid, None)
        self.dataChanged.emit(index, index, [_Role.CheckStateRole])
        self.ticked_changed.emit()
        return True


class Picker(QDialog):
    """Search, tick, add. Open it with `open()`; it makes no nested event loop.

    Attributes:
        picked: UIDs that the person chose, as a tuple.
    """

    picked = Signal(object)

    def __init__(self, kinds: tuple[registry.Kind, ...], what: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("picker")
        set_title(self, f"Add {what}")
        self.resize(620, 460)
        self._model = FoundModel(kinds, self)
        self._model.ticked_changed.connect(self._describe)
        self._model.modelReset.connect(self._describe)

        self.text = StringEdit()
        named(self.text, "picker.text", "Search", "Words of the name, the keyword, or a UID; a private UID too")
        self.text.setPlaceholderText("Name, keyword or UID")
        self.text.setClearButtonEnabled(True)
        self.text.installEventFilter(self)
        self.text.textChanged.connect(self._search)
        label = Label("&Search")
        label.setBuddy(self.text)

        self.found = QTreeView()
        named(self.found, "picker.found", "Found", "Tick with Space or a click; Enter adds")
        self.found.setModel(self._model)
        self.found.setUniformRowHeights(True)
        self.found.setRootIsDecorated(False)
        self.found.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.found.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.found.header().setStretchLastSection(False)
        self.found.header().resizeSection(
            1, self.found.fontMetrics().horizontalAdvance("1.2.840.10008.5.1.4.1.1.481.10") + 16
        )
        self.found.setAlternatingRowColors(True)
        self.found.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.found.doubleClicked.connect(self._take_one)

        retired = QCheckBox("Show &retired")
        named(retired, "picker.retired", "Show retired", "Also what the standard has retired")
        retired.toggled.connect(self._model.show_retired)
        self._count = Label()

        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._add = QPushButton("&Add")
        named(self._add, "picker.add", "Add", "Add what is ticked, or the selected one when nothing is")
        buttons.addButton(self._add, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        self._add.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)

        search_row = QHBoxLayout()
        search_row.addWidget(label)
        search_row.addWidget(self.text, 1)
        search_row.addWidget(retired)
        end_row = QHBoxLayout()
        end_row.addWidget(self._count, 1)
        end_row.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addLayout(search_row)
        layout.addWidget(self.found, 1)
        layout.addLayout(end_row)
        self._describe()

    def chosen(self) -> tuple[str, ...]:
        """What Add would add: the ticked ones, else the current one."""
        ticked = self._model.ticked()
        current = self.found.currentIndex()
        return ticked or ((current.data(UID_ROLE),) if current.isValid() else ())

    def accept(self) -> None:
        if chosen := self.chosen():
            self.picked.emit(chosen)
            super().accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down move in the list while typing goes on."""
        keys = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in keys:
            self.found.event(event)
            return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        self._model.search(text)
        if self._model.rowCount():
            self.found.setCurrentIndex(self._model.index(0, 0))
        self._describe()

    def _take_one(self, index: QModelIndex) -> None:
        self._model.setData(index.siblingAtColumn(0), Qt.CheckState.Checked, _Role.CheckStateRole)
        self.accept()

    def _describe(self) -> None:
        ticked = len(self._model.ticked())
        self._count.setText(f"{self._model.rowCount()} found" + (f", {ticked} ticked" if ticked else ""))
        self._add.setText(f"&Add {ticked}" if ticked else "&Add")
