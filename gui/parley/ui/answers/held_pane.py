"""The requests that wait for an answer: one row each, what can be done about them, and keys for it.

It shows itself when something waits and takes no focus; it emits wishes and answers nothing. While nothing waits, the
line of its buttons is all of it. That line is its last, and nothing beneath it changes height: the table comes and goes
above the buttons, and none of them leaves the mouse. No row does either, as the table has room for several at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from parley.bridge.answers.held import HELD_ROLE, Column, HeldModel, HeldRequest
from parley.ui.answers.answer_edit import AnswerMenu
from parley.ui.kit import icons
from parley.ui.kit.column_shares import ColumnShares
from parley.ui.kit.fields import named
from parley.ui.kit.fitting_height import FittingHeight
from parley.ui.kit.menu_button import MenuButton
from parley.ui.kit.texts import Heading, set_tip

_SHOWN = (Column.NUMBER, Column.LEFT, Column.CALLING, Column.CALLED, Column.PEER, Column.FINDINGS)
_SHARES: dict[int, float] = {Column.LEFT: 0.34, Column.CALLING: 0.2, Column.CALLED: 0.2, Column.PEER: 0.26}
_MOST_ROWS = 4


class HeldPane(QWidget):
    """A table of held requests with its commands.

    Attributes:
        answer_requested(numbers, text): answer these associations' requests like that.
        edit_requested(HeldRequest): open the answer for editing.
        request_selected(HeldRequest): show what was asked.
        elsewhere_requested(): go to those that wait at another profile, as none does here.
        next_action: goes to the requests that wait, from one to the next; for a menu.

    Args:
        monotonic: a clock, in seconds.
    """

    answer_requested = Signal(object, str)
    edit_requested = Signal(object)
    request_selected = Signal(object)
    elsewhere_requested = Signal()

    def __init__(self, model: HeldModel, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._model = model
        self._monotonic = monotonic
        self._given: tuple[str, float] | None = None  # the answer after which the selection jumped, and when
        self._make_table()
        self._make_actions()
        self._lay_out()
        model.waiting_changed.connect(self._enable)
        model.held.connect(self._select_first)
        changes = (model.rowsInserted, model.rowsRemoved, model.dataChanged, model.modelReset)
        for signal in changes:
            signal.connect(self._enable)
        for signal in (*changes, self._settled.toggled):
            signal.connect(self._show_rows)
        model.modelReset.connect(self._select_first)
        self.table.selectionModel().selectionChanged.connect(self._selection_changed)
        self.table.doubleClicked.connect(self._edit)
        self._show_count()
        self._enable()
        self._show_rows()

    # --- assemble ----------------------------------------------------------------------------------------------------

    def _make_table(self) -> None:
        table = self.table = QTableView()
        named(table, "scp.held", "Held requests", "Requests that wait for your answer; afterwards what became of them")
        table.setModel(self._model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setAlternatingRowColors(True)
        FittingHeight(table, _MOST_ROWS, least=_MOST_ROWS)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in Column:
            table.setColumnHidden(column, column not in _SHOWN)
        advance = table.fontMetrics().horizontalAdvance
        fixed: dict[int, int] = {Column.NUMBER: advance("0000") + 16, Column.FINDINGS: advance("Findings") + 16}
        header.resizeSection(Column.FINDINGS, fixed[Column.FINDINGS])
        ColumnShares(table, header, _SHARES, fixed=fixed)

    def _make_actions(self) -> None:
        self.accept_action = self._action("&Accept", "ok", "A", "Accept by the rules", partial(self._answer, "accept"))
        self.edit_action = self._action("&Edit …", "rename", "E", "Edit the whole answer before it is sent", self._edit)
        self.reject_action = self._action(
            "&Reject", "abort", "X", "Reject: 1/1/1, no reason given", partial(self._answer, "reject 1/1/1")
        )
        self.accept_all_action = self._action(
            "Accept all held", "", "Shift+A", "Accept every request that waits", partial(self._answer_all, "accept")
        )
        self.reject_all_action = self._action(
            "Reject all held",
            "",
            "Shift+X",
            "Reject every request that waits: 1/1/1",
            partial(self._answer_all, "reject 1/1/1"),
        )
        self.clear_action = self._action(
            "Clear those that are settled", "clear", "", "Remove what was answered or withdrawn", self._clear
        )
        self.next_action = QAction("&Next held request", self)
        self.next_action.setShortcut(QKeySequence("Ctrl+H"))
        tip = "Go to the held requests, at another profile too; once more, to the next of them (Ctrl+H)"
        set_tip(self.next_action, tip)
        self.next_action.triggered.connect(self.go_to_next)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _action(self, text: str, icon: str, keys: str, tip: str, slot: object) -> QAction:
        """An action of the table; its single letters count only while the table has the focus."""
        action = QAction(text, self.table)
        if icon:
            action.setIcon(icons.icon(icon))
        if keys:
            action.setShortcut(QKeySequence(keys))
            # A key that is held down would answer one device after the other.
            action.setAutoRepeat(False)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            tip = f"{tip} ({keys} in the list)"
        set_tip(action, tip)
        action.triggered.connect(slot)
        self.table.addAction(action)
        return action

    def _lay_out(self) -> None:
        self._heading = Heading("")
        tip = "How many requests wait for an answer, and how many were answered or withdrawn"
        named(self._heading, "scp.held.count", "How many wait", tip)
        # Whichever of its words it says, the buttons stay where they are and the panel asks for no more room.
        self._heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._heading.setMinimumWidth(self.fontMetrics().horizontalAdvance("99 settled"))
        self._answers = AnswerMenu(parent=self)
        self._answers.chosen.connect(self._answer)
        everybody = AnswerMenu("Answer &all held", self)
        everybody.chosen.connect(self._answer_all)
        more = QMenu(self)
        more.setToolTipsVisible(True)
        more.addActions([self.accept_all_action, self.reject_all_action])
        more.addMenu(everybody)
        more.addSeparator()
        more.addActions([self.next_action, self.clear_action])

        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        self._settled = self._small_button("settled", "Show what is settled", "Show what became of earlier requests")
        self._settled.setCheckable(True)
        clear = self._small_button("clear", "Clear", self.clear_action.toolTip())
        clear.setIcon(self.clear_action.icon())
        clear.clicked.connect(self._clear)
        self._clear_button = clear
        buttons.addWidget(self._settled)
        buttons.addWidget(self._heading, 1)
        buttons.addWidget(clear)
        for name, action in (
            ("accept", self.accept_action),
            ("reject", self.reject_action),
            ("edit", self.edit_action),
        ):
            button = QToolButton()
            button.setDefaultAction(action)
            if action is not self.edit_action:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            named(button, f"scp.held.{name}", action.text().replace("&", ""), action.toolTip())
            buttons.addWidget(button)
        self._answer_button = MenuButton("Answer", "scp.held.answer", "Any other answer", self._answers)
        buttons.addWidget(self._answer_button)
        buttons.addWidget(MenuButton("…", "scp.held.more", "Answer all, go to the next, clear", more, name="More"))

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.table)
        layout.addLayout(buttons)
        # At its foot even in the moment between the table's going and the panel's laying out.
        layout.setAlignment(buttons, Qt.AlignmentFlag.AlignBottom)

    def _small_button(self, part: str, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        named(button, f"scp.held.{part}", name, tip)
        return button

    @property
    def actions_for_menu(self) -> tuple[QAction, ...]:
        """What has a place in the window's menu."""
        return self.next_action, self.accept_all_action, self.reject_all_action

    # --- wishes ------------------------------------------------------------------------------------------------------

    @property
    def _selected(self) -> list[HeldRequest]:
        return [index.data(HELD_ROLE) for index in self.table.selectionModel().selectedRows()]

    def _waiting_selected(self) -> list[HeldRequest]:
        return [held for held in self._selected if held.is_waiting]

    def _answer(self, text: str, _checked: bool = False) -> None:
        if not self._is_pressed_again(text) and (numbers := [held.number for held in self._waiting_selected()]):
            self.answer_requested.emit(numbers, text)
            self._jump()
            self._given = text, self._monotonic()

    def _is_pressed_again(self, text: str) -> bool:
        """Whether this is the second press of a double-click, or a key that bounced: it was meant for the one before.

        Only where the selection went on by itself meanwhile: who has chosen a request means that one.
        """
        if self._given is None:
            return False
        given, when = self._given
        return given == text and self._monotonic() - when < QApplication.doubleClickInterval() / 1000

    def _jump(self) -> None:
        """Select the next without anybody's wish."""
        given = self._given
        self._select_next()
        self._given = given

    def _answer_all(self, text: str, _checked: bool = False) -> None:
        if numbers := [held.number for held in self._model.waiting]:
            self.answer_requested.emit(numbers, text)

    @Slot()
    def _edit(self) -> None:
        for held in self._waiting_selected()[:1]:
            self.edit_requested.emit(held)

    @Slot()
    def _clear(self) -> None:
        self._model.clear_settled()

    @Slot()
    def go_to_next(self) -> None:
        """Give the table the focus; from within it, select the next request that waits."""
        if not self._model.waiting and self._model.waiting_elsewhere:
            self.elsewhere_requested.emit()
            return
        if self.table.hasFocus() or not self._waiting_selected():
            self._select_next()
        if self._model.rowCount():
            self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _select_next(self) -> None:
        """Select the next request after the selected one that waits, else the first."""
        waiting = self._model.waiting
        if waiting:
            chosen = {held.number for held in self._selected}
            other = next((held for held in waiting if held.number not in chosen), waiting[0])
            row = self._model.row_of(other.number)
            assert row is not None
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(self._model.index(row, 0), flags)
            self.table.scrollTo(self._model.index(row, 0))

    # --- what happens ------------------------------------------------------------------------------------------------

    @Slot()
    def _selection_changed(self) -> None:
        self._given = None
        self._enable()
        for held in self._selected[:1]:
            self.request_selected.emit(held)

    @Slot()
    def _enable(self) -> None:
        waits = bool(self._waiting_selected())
        for action in (self.accept_action, self.reject_action, self.edit_action):
            action.setEnabled(waits)
        self._answer_button.setEnabled(waits)
        anybody = bool(self._model.waiting)
        for action in (self.accept_all_action, self.reject_all_action):
            action.setEnabled(anybody)
        self.next_action.setEnabled(anybody or bool(self._model.waiting_elsewhere))
        self._show_count()

    @Slot()
    def _show_rows(self) -> None:
        """What is settled is shown among what waits; afterwards only to whoever wants to see it.

        Keys go on to answer what comes next, so a focus that the table lost with its last row comes back with the next.
        """
        waits, is_any_settled = bool(self._model.waiting), self._model.rowCount() > len(self._model.waiting)
        is_shown = waits or (is_any_settled and self._settled.isChecked())
        takes_focus_back = waits and self._settled.hasFocus()
        if not waits:
            self._settled.setEnabled(is_any_settled)
            if not is_shown and self.table.hasFocus():
                self._settled.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setVisible(bool(self._model.rowCount()))
        self.table.setVisible(is_shown)
        self._settled.setIcon(icons.icon("unfolded" if is_shown else "folded"))
        if takes_focus_back:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if waits:
            self._settled.setEnabled(False)

    @Slot()
    def _show_count(self) -> None:
        waiting = len(self._model.waiting)
        settled = self._model.rowCount() - waiting
        words = [f"{waiting} held"] if waiting else []
        self._heading.setText(", ".join([*words, f"{settled} settled"] if settled else words))
        self._heading.set_strong(bool(waiting))
        self.clear_action.setEnabled(bool(settled))
        self._clear_button.setEnabled(bool(settled))

    @Slot()
    def _select_first(self) -> None:
        """When one comes and there is nothing to be done about the selected ones.

        Not when the selected one is settled by others: a key or click meant for it would answer somebody else.
        """
        if not self._waiting_selected():
            self._jump()
