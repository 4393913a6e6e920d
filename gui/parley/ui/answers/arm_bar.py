"""Choosing the answer before the request comes: what is armed, for once or until it is changed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QToolButton, QWidget

from parley.bridge.opened_profile import ArmedAnswer
from parley.ui.answers.answer_edit import AnswerEdit, AnswerMenu
from parley.ui.kit import icons, style
from parley.ui.kit.fields import named
from parley.ui.kit.menu_button import MenuButton
from parley.ui.kit.texts import Label


class ArmButton(MenuButton):
    """A menu of answers to arm.

    Attributes:
        chosen: the answer's text.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        answers = AnswerMenu(asks=True)
        tip = "Choose the answer to the next request now, then trigger the device; it goes before every rule"
        super().__init__("Arm", "scp.arm", tip, answers, name="Arm the next answer")
        answers.chosen.connect(self.chosen)


class ArmedLine(QWidget):
    """Says what is armed; hidden while nothing is.

    Attributes:
        arm_requested(text, once): arm this instead.
        disarm_requested: arm nothing.
    """

    arm_requested = Signal(str, bool)
    disarm_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mark = Label()
        self._mark.setPixmap(icons.tone_icon(style.Tone.WARNING).pixmap(style.ICON_SIZE))
        self._words = Label()
        named(self._words, "scp.armed.words", "Armed", "Goes before every rule, and before you are asked")
        self._answer = AnswerEdit("scp.armed", "Armed answer", asks=True)
        self._answer.line.setMinimumWidth(self.fontMetrics().horizontalAdvance("reject 1/1/7") + 2 * style.MARGIN)
        self._stays = QCheckBox("keep")
        tip = "Answer every request like this until it is changed, not only the next"
        named(self._stays, "scp.armed.stays", "Until changed", tip)
        self._disarm = QToolButton()
        self._disarm.setText("Disarm")
        self._disarm.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        named(self._disarm, "scp.disarm", "Disarm", "Answer by the rules again")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.SPACING)
        for widget in (self._mark, self._words, self._answer, self._stays, self._disarm):
            layout.addWidget(widget, 1 if widget is self._answer else 0)
        self._answer.entered.connect(self._arm)
        self._stays.clicked.connect(self._arm)
        self._disarm.clicked.connect(self.disarm_requested)
        self.hide()

    @Slot(object)
    def show_armed(self, armed: ArmedAnswer | None) -> None:
        """Show what is armed; None hides."""
        if armed is not None:
            self._answer.set_value(armed.text)
            self._stays.setChecked(not armed.is_for_once)
            self._words.setText("Armed for one" if armed.is_for_once else "Armed for all")
        self.setVisible(armed is not None)

    @Slot()
    def _arm(self) -> None:
        self.arm_requested.emit(self._answer.value(), not self._stays.isChecked())
