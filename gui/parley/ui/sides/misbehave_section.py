"""The folded section of what an SCU can do wrong on purpose. It is no part of the draft; it only wishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QGuiApplication
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from parley.ui.kit import icons, style
from parley.ui.kit.fields import Hint, named
from parley.ui.kit.fold import FoldedSection
from parley.ui.kit.texts import set_tip

if TYPE_CHECKING:
    from parley.model.misbehaviour.steps import Misbehaviour

_ROWS = 8
_WHAT = (
    "Associates once and does one thing wrong, to learn what the peer makes of it. The log marks it before it is sent."
)
_NAME_ROLE = Qt.ItemDataRole.UserRole


class MisbehaveSection(FoldedSection):
    """A list of misbehaviours, what the selected one is, and a button.

    Attributes:
        chosen: the name of the one to associate with.
    """

    chosen = Signal(str)

    def __init__(self, prefix: str) -> None:
        self._prefix = f"{prefix}.misbehave"
        self._is_enabled = True
        self._list: QListWidget | None = None
        tip = "Ask for an association and do one thing wrong, to learn what the peer makes of it"
        super().__init__("Misbehave on purpose", self._prefix, tip, self._make)
        self.set_summary("one odd association, chosen from a list")

    def show_enabled(self, enabled: bool) -> None:
        """Whether an association can be asked for now."""
        self._is_enabled = enabled
        self._show()

    def focus_list(self) -> None:
        """Unfold it and go there."""
        self.unfold()
        assert self._list is not None
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _make(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setSpacing(style.SPACING)
        what = Hint()
        what.setText(_WHAT)
        names = self._list = QListWidget()
        named(names, f"{self._prefix}.list", "Misbehaviours", "A double-click or Enter associates with it, once")
        names.setAlternatingRowColors(True)
        self._fill(names)
        self._tint()
        names.setFixedHeight(_ROWS * names.sizeHintForRow(0) + 2 * names.frameWidth())
        self._about = Hint()
        named(self._about, f"{self._prefix}.about", "About the selected misbehaviour", "")
        # Two lines, which most have: what is beneath stays where it is.
        self._about.setMinimumHeight(2 * self._about.fontMetrics().lineSpacing())
        self._about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._button = QPushButton(icons.icon("associate"), "Associate like this")
        tip = "Ask for one association that misbehaves so; the next one is as usual"
        named(self._button, f"{self._prefix}.associate", "Associate like this", tip)
        layout.addWidget(what)
        layout.addWidget(names)
        layout.addWidget(self._about)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        names.currentItemChanged.connect(self._show)
        names.itemActivated.connect(self._choose)
        self._button.clicked.connect(self._choose)
        names.setCurrentRow(1)
        return content

    @staticmethod
    def _fill(names: QListWidget) -> None:
        from parley.model.misbehaviour.tables import REQUESTOR

        heading = ""
        for misbehaviour in REQUESTOR.values():
            if misbehaviour.heading != heading:
                heading = misbehaviour.heading
                line = QListWidgetItem(heading, names)
                line.setFlags(Qt.ItemFlag.NoItemFlags)
                font = line.font()
                font.setBold(True)
                line.setFont(font)
            item = QListWidgetItem(f"{misbehaviour.title[:1].upper()}{misbehaviour.title[1:]}", names)
            set_tip(item, misbehaviour.about)
            item.setData(_NAME_ROLE, misbehaviour.name)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        """Headings cannot be chosen, and are to be read all the same: paler than the rest, but not as what is off."""
        muted = QBrush(style.muted(QGuiApplication.palette()))
        items = [] if self._list is None else [self._list.item(row) for row in range(self._list.count())]
        for item in items:
            if item.data(_NAME_ROLE) is None:
                item.setForeground(muted)

    def _selected(self) -> Misbehaviour | None:
        from parley.model.misbehaviour.tables import REQUESTOR

        item = self._list.currentItem() if self._list is not None else None
        return REQUESTOR.get(item.data(_NAME_ROLE)) if item is not None else None

    @Slot()
    def _show(self) -> None:
        if self._list is None:
            return
        selected = self._selected()
        self._button.setEnabled(self._is_enabled and selected is not None)
        if selected is not None:
            allowed = "The standard allows it." if selected.is_conformant else "It breaks the standard."
            self._about.setText(f"{selected.about} {allowed} {_moment(selected)}".strip())

    @Slot()
    def _choose(self) -> None:
        selected = self._selected()
        if selected is not None and self._is_enabled:
            self.chosen.emit(selected.name)


def _moment(misbehaviour: Misbehaviour) -> str:
    """When it begins, where the person has to do something for it."""
    from parley.model.misbehaviour.steps import Trigger

    return "It begins when you press Release." if misbehaviour.trigger is Trigger.RELEASE else ""
