"""The details of one event: decoded tree, negotiated contexts, bytes. It shows what the bridge worked out."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QTabWidget,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from parley.bridge.details import negotiation as negotiation_model
from parley.bridge.details.model import DetailModel
from parley.bridge.details.negotiation import ACCEPTED_ROLE, NegotiationModel
from parley.bridge.tooltips import tip_text
from parley.model.event import EngineEvent
from parley.ui.kit import style
from parley.ui.kit.column_shares import ColumnShares
from parley.ui.kit.delegates import ToneDelegate
from parley.ui.kit.fields import named
from parley.ui.kit.fold import ElidedLabel
from parley.ui.kit.texts import Label, set_tip
from parley.ui.log.hex_view import HexView
from parley.ul.codes import Role
from parley.ul.pdu import AAssociateAc, AAssociateRq

_NOTHING = "Select an event to see its fields."
_FINDINGS_UNFOLDED = 16
_SECRETS_UNFOLDED = 50
_MOST_UNFOLDED = 6000
"""How many entries "Expand all" reads: some PDUs have hundreds of thousands."""

_SLICE_SECONDS = 0.004


class _ResultDelegate(ToneDelegate):
    """Accepted or not, from the negotiation model."""

    def tone(self, index: QModelIndex | QPersistentModelIndex) -> style.Tone | None:
        accepted: bool | None = index.data(ACCEPTED_ROLE)
        if accepted is None or index.column() != negotiation_model.Column.RESULT:
            return None
        return style.Tone.OK if accepted else style.Tone.WARNING


class _Heading(ElidedLabel):
    """The event in one line; all of it is in the tip."""

    is_muted = False


class DetailsPane(QWidget):
    """Tree, negotiation and bytes of the event shown last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "log.details", "Details of the selected event", "")
        self._model = DetailModel(self)
        self._contexts = NegotiationModel(self)
        self._is_following_bytes = False
        self._awaits_answer_of: int | None = None
        self._unfolding: Iterator[QModelIndex] = iter(())
        self._slices = QTimer(self)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._expand_some)

        self._heading = _Heading(self)
        self._heading.setText(_NOTHING)
        self._heading.setContentsMargins(style.SPACING, style.SPACING // 2, style.SPACING, style.SPACING // 2)
        self._reveal = self._make_reveal()
        self._tree = self._make_tree()
        self._table = self._make_table()
        self._summary = Label("", self)
        self._bytes = HexView(self)
        named(self._bytes, "details.bytes", "Bytes of the PDU", "Click on a byte to find the field it belongs to.")
        self._bytes.setFrameShape(HexView.Shape.NoFrame)
        self._bytes.byte_selected.connect(self._byte_selected)
        self._note = Label("", self)

        self._tabs = QTabWidget(self)
        named(self._tabs, "details.tabs", "Views of the selected event", "")
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self._tree, "Tree")
        self._tabs.addTab(self._stacked(self._summary, self._table), "Negotiation")
        self._tabs.addTab(self._stacked(self._note, self._bytes), "Bytes")
        for place, tip in enumerate(
            (
                "Every field with its value and what it means",
                "What became of each presentation context",
                "The PDU as it was on the wire",
            )
        ):
            self._tabs.setTabToolTip(place, tip_text(tip))

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, style.SPACING, 0)
        top.addWidget(self._heading, 1)
        top.addWidget(self._reveal)
        layout.addLayout(top)
        layout.addWidget(self._tabs, 1)
        self._model.changed.connect(self._tree_changed)
        self._tree.selectionModel().currentChanged.connect(self._node_selected)

    def show_event(
        self,
        event: EngineEvent | None,
        summary: str = "",
        request: AAssociateRq | None = None,
        answer: AAssociateAc | None = None,
    ) -> None:
        """Show another event.

        Args:
            summary: the event in one line.
            request, answer: what its association negotiated, as far as it is known.
        """
        self._heading.setText(f"#{event.seq}  {summary}" if event else _NOTHING)
        set_tip(self._heading, summary)
        self._model.set_event(event)
        self._show_negotiation(event, request, answer)

    @property
    def awaits_answer_of(self) -> int | None:
        """The association whose request is shown without an answer, as there is none yet."""
        return self._awaits_answer_of

    def show_answer(self, event: EngineEvent, request: AAssociateRq | None, answer: AAssociateAc | None) -> None:
        """The answer has come: show it beside the request, and leave tree and bytes where they are."""
        self._show_negotiation(event, request, answer)

    def _show_negotiation(
        self, event: EngineEvent | None, request: AAssociateRq | None, answer: AAssociateAc | None
    ) -> None:
        self._awaits_answer_of = event.association if event and request is not None and answer is None else None
        role = event.role if event and event.role else Role.REQUESTOR
        self._contexts.set_negotiation(request, answer, role)
        self._summary.setText(self._contexts.words or "No presentation contexts were negotiated here.")
        self._tabs.setTabEnabled(1, self._contexts.rowCount() > 0)

    def add_commands(self, *actions: QAction) -> None:
        """Put commands for the shown event beside the tabs."""
        corner = QWidget(self)
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, style.SPACING, 0)
        row.setSpacing(0)
        for action in actions:
            button = QToolButton(corner)
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(style.ICON_SIZE)
            button.setAutoRaise(True)
            button.setMinimumWidth(1)  # they do not keep the pane from being narrow
            words = action.text().replace("&", "")
            named(button, f"details.{action.objectName().rpartition('.')[2]}", words, action.toolTip())
            row.addWidget(button)
        self._tabs.setCornerWidget(corner)

    # --- building --------------------------------------------------------------------------------------------------

    def _make_reveal(self) -> QToolButton:
        """There only while there is something that it would show."""
        button = QToolButton(self)
        button.setText("Show secrets")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        tip = "Shows passcodes, tickets and tokens in tree and bytes, until another event is selected"
        named(button, "details.reveal", "Show secrets", tip)
        button.clicked.connect(self._reveal_clicked)
        button.hide()
        return button

    def _make_tree(self) -> QTreeView:
        tree = QTreeView(self)
        named(tree, "details.tree", "Fields of the selected event", "")
        tree.setModel(self._model)
        tree.setUniformRowHeights(True)
        tree.setAlternatingRowColors(True)
        tree.setFrameShape(QTreeView.Shape.NoFrame)
        tree.setItemDelegate(ToneDelegate(tree))
        header = tree.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        ColumnShares(tree, header, {0: 0.41, 1: 0.35, 2: 0.24})
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for text, key, slot in (
            ("Copy field", QKeySequence(QKeySequence.StandardKey.Copy), self._copy_field),
            ("Copy value", QKeySequence(), self._copy_value),
            ("Copy its bytes as hex", QKeySequence(), self._copy_bytes),
            ("Show its bytes", QKeySequence(), self._show_bytes),
            ("Expand all", QKeySequence("Ctrl+Right"), self._expand_all),
            ("Collapse all", QKeySequence("Ctrl+Left"), self._collapse_all),
        ):
            action = QAction(text, tree)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            tree.addAction(action)
        return tree

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        named(table, "details.negotiation", "Presentation contexts and what became of them", "")
        table.setModel(self._contexts)
        table.setItemDelegate(_ResultDelegate(table, negotiation_model.Column.RESULT))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + style.SPACING)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        column = negotiation_model.Column
        ColumnShares(
            table,
            header,
            {column.ABSTRACT_SYNTAX: 0.27, column.RESULT: 0.51, column.PROPOSED: 0.22},
            fixed={column.ID: table.fontMetrics().horizontalAdvance("0000") + 12},
        )
        return table

    def _stacked(self, above: Label, below: QWidget) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        above.setContentsMargins(style.SPACING, style.SPACING // 2, style.SPACING, style.SPACING // 2)
        # A long line wraps: it may not push the splitter aside.
        above.setWordWrap(True)
        above.setMinimumWidth(1)
        layout.addWidget(above)
        layout.addWidget(below, 1)
        return page

    # --- tree and bytes follow each other --------------------------------------------------------------------------

    @Slot()
    def _tree_changed(self) -> None:
        tree = self._model.tree
        if tree.data != self._bytes.data:
            self._bytes.set_data(tree.data)
        self._bytes.highlight(0, 0)
        self._note.setText(self._words_about_bytes())
        self._show_reveal()
        self._unfold()

    @Slot(bool)
    def _reveal_clicked(self, reveal: bool) -> None:
        self._model.reveal(reveal=reveal)

    def _show_reveal(self) -> None:
        revealed = self._model.is_revealed
        self._reveal.setVisible(self._model.tree.has_secrets)
        self._reveal.setChecked(revealed)
        self._reveal.setText("Hide secrets" if revealed else "Show secrets")

    def _unfold(self) -> None:
        """Show the fields of the PDU or else of the event, with items folded; findings, and what was revealed."""
        revealed = self._model.secrets(_SECRETS_UNFOLDED) if self._model.is_revealed else []
        wanted = self._model.open_entries()
        wanted += [self._model.index(row, 0) for row in range(self._model.rowCount())][-1:]
        for index in (*self._model.findings(_FINDINGS_UNFOLDED), *revealed):
            wanted += _above(index)
        # The inner ones first: what is unfolded within a folded one costs nothing yet.
        for index in reversed({index.internalId(): index for index in wanted}.values()):
            self._tree.expand(index)
        if revealed:
            self._tree.scrollTo(revealed[0])

    @Slot()
    def _expand_all(self) -> None:
        self._unfolding = self._model.foldable(_MOST_UNFOLDED)
        self._slices.start()

    @Slot()
    def _collapse_all(self) -> None:
        self._slices.stop()
        self._tree.collapseAll()

    @Slot()
    def _expand_some(self) -> None:
        deadline = time.perf_counter() + _SLICE_SECONDS
        for index in self._unfolding:
            self._tree.expand(index)
            if time.perf_counter() > deadline:
                return
        self._slices.stop()

    def _words_about_bytes(self) -> str:
        tree = self._model.tree
        if not tree.data:
            return "This event carries no bytes."
        words = f"{len(tree.data):,} bytes".replace(",", " ")
        if tree.has_secrets and not self._model.is_revealed:
            words += ", those of secrets masked"
        return f"{words}, as they would be sent: this event came without its own" if tree.is_rebuilt else words

    @Slot(QModelIndex, QModelIndex)
    def _node_selected(self, current: QModelIndex, _previous: QModelIndex) -> None:
        entry = self._model.entry(current)
        if entry is not None and not self._is_following_bytes:
            self._bytes.highlight(entry.offset, max(entry.length, 0))

    @Slot(object)
    def _byte_selected(self, offset: int) -> None:
        index = self._model.index_at_offset(offset)
        entry = self._model.entry(index)
        if entry is None:
            return
        self._is_following_bytes = True
        self._tree.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        )
        self._tree.scrollTo(index)
        self._is_following_bytes = False
        self._bytes.highlight(entry.offset, entry.length)

    # --- copying ---------------------------------------------------------------------------------------------------

    @Slot()
    def _copy_field(self) -> None:
        QGuiApplication.clipboard().setText(self._model.text(self._tree.currentIndex()))

    @Slot()
    def _copy_value(self) -> None:
        entry = self._model.entry(self._tree.currentIndex())
        QGuiApplication.clipboard().setText(entry.value if entry else "")

    @Slot()
    def _copy_bytes(self) -> None:
        entry = self._model.entry(self._tree.currentIndex())
        chosen = self._model.tree.data[entry.offset : entry.offset + max(entry.length, 0)] if entry else b""
        QGuiApplication.clipboard().setText(chosen.hex(" "))

    @Slot()
    def _show_bytes(self) -> None:
        self._tabs.setCurrentIndex(2)


def _above(index: QModelIndex) -> list[QModelIndex]:
    """What has to be unfolded for an entry to be seen, the outermost first."""
    parent = index.parent()
    return [*_above(parent), parent] if parent.isValid() else []
