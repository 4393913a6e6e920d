"""The table of answer rules: its columns, and the editors that know the languages of conditions and answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QStyleOptionViewItem, QWidget

from parley.model.answering import AnswerRule
from parley.model.answers.caller_words import CALLER
from parley.model.answers.words import PRESETS
from parley.model.expression import ExpressionError, parse
from parley.model.misbehaviour.tables import ACCEPTOR
from parley.ui.answers.answer_edit import AnswerMenu
from parley.ui.kit import icons, style
from parley.ui.kit.cells import Cell, SwitchedCell
from parley.ui.kit.fields import LineEdit, named
from parley.ui.kit.items_editor import CellDelegate, ExplainedItemsField, ItemsEditor, ItemsField
from parley.ui.kit.items_model import ItemsModel
from parley.ui.log.expression_edit import ExpressionEdit

_WHEN_EMPTY = (
    "Rules answer some callers otherwise than the rest, such as reject 1/1/7 when ~calling CT*. Press + to make one."
)
_ORDER = (
    "Tried from the top: the first that is on and fits decides, before Decision and the acceptance rules are asked. "
    "Whom none fits, they decide about."
)


@dataclass(frozen=True, slots=True)
class _Condition(Cell):
    def shown(self, value: str) -> str:
        return value or "every caller"


@dataclass(frozen=True, slots=True)
class _Answer(Cell):
    def explained(self, value: str) -> str:
        """The answer in words, where it has some."""
        words = next((preset.words for preset in PRESETS if preset.text == value), "")
        misbehaviour = ACCEPTOR.get(value.removeprefix("misbehave "))
        return "\n".join(filter(None, (value, misbehaviour.about if misbehaviour else words)))


_COLUMNS = (
    SwitchedCell("name", "Name", "Whether the rule is on, and a name for the log, which may be empty", 4, "is_on"),
    _Condition("when", "When", "A condition such as ~calling CT* & ~addr 10.1.0.0/16; empty is every caller", 6),
    _Answer("answer", "Answer", "accept, reject 1/1/7, close, silence, ask, after 5 s accept …", 5),
)


class AnswerLine(LineEdit):
    """A line for an answer, with every answer that has a name behind its last button.

    Attributes:
        chosen: the person has taken one from the menu.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "scp.answering.rules.answer", "Answer", "Type an answer, or choose one by the button on the right")
        self._menu = AnswerMenu(parent=self, asks=True)
        self._menu.chosen.connect(self._take)
        action = self.addAction(icons.icon("unfolded"), QLineEdit.ActionPosition.TrailingPosition)
        action.setToolTip("Every answer that has a name (Alt+Down)")
        action.setShortcut("Alt+Down")
        action.triggered.connect(self._offer)

    @Slot()
    def _offer(self) -> None:
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    @Slot(str)
    def _take(self, text: str) -> None:
        self.setText(text)
        self.chosen.emit()


class RuleDelegate(CellDelegate):
    """Makes the editors of conditions and answers, and lets a rule that is off look like it."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        cell = _COLUMNS[index.column()]
        if isinstance(cell, _Condition):
            condition = ExpressionEdit(CALLER, parent)
            condition.setFrame(False)
            named(condition, "scp.answering.rules.when", "Condition", "Typing ~ lists what can be asked")
            condition.textChanged.connect(partial(_judge, condition))
            return condition
        if isinstance(cell, _Answer):
            answer = AnswerLine(parent)
            answer.setFrame(False)
            answer.chosen.connect(partial(self._close, answer))
            return answer
        return super().createEditor(parent, option, index)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().updateEditorGeometry(editor, option, index)
        if isinstance(editor, ExpressionEdit):
            # Conditions are long and columns narrow: while it is typed it may cover the answer.
            viewport = editor.parentWidget()
            assert viewport is not None
            editor.resize(viewport.width() - editor.x(), editor.height())

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        model = index.model()
        assert isinstance(model, ItemsModel)
        rule: AnswerRule = model.item(index.row())
        if not rule.is_on or (index.column() == 1 and not rule.when):
            option.palette.setColor(option.palette.ColorRole.Text, style.muted(option.palette))

    def _close(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)


def _judge(line: ExpressionEdit, text: str) -> None:
    """Say what makes no sense while it is typed, but not while a name is being chosen."""
    if line.is_offering:
        return
    try:
        parse(text, CALLER)
    except ExpressionError as error:
        line.show_problem(f"This condition makes no sense at {error}.")
    else:
        line.show_problem("")


def answer_rules_field(prefix: str) -> ItemsField:
    """The table with its buttons, and a sentence on what the rules are for."""
    name, label = f"{prefix}.answering.rules", "Who is answered how"
    editor = ItemsEditor(_COLUMNS, AnswerRule, name, label, duplicates=True)
    editor.table.setItemDelegate(RuleDelegate(editor.table))
    editor.table.verticalHeader().show()
    tip = "Conditions and answers in their order; the log says which rule decided"
    return ExplainedItemsField(label, editor, tip, _WHEN_EMPTY, _ORDER)
