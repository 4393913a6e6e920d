"""The table of a request's contexts in the answer editor: what is answered to each, by cell or to many at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QMenu,
    QSizePolicy,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from parley.model import registry
from parley.model.answers.draft import ContextAnswer
from parley.ui.kit.cells import CodeCell, NumberCell, UidCell, UidsCell
from parley.ui.kit.fields import ComboBox, Field, named
from parley.ui.kit.items_editor import CellDelegate, ItemsTable
from parley.ui.kit.items_model import Index, ItemsModel
from parley.ui.kit.menu_button import MenuButton

if TYPE_CHECKING:
    from parley.model.problems.problem import Problem

RESULTS = (
    (0, "0 acceptance"),
    (1, "1 user rejection"),
    (2, "2 no reason (provider)"),
    (3, "3 abstract syntax not supported"),
    (4, "4 transfer syntaxes not supported"),
    (None, "no answer at all"),
)
_FEWEST_ROWS, _USUAL_ROWS = 3, 12
"""What the table has room for at least, and where it is enough."""


@dataclass(frozen=True, slots=True)
class _AnsweredCell(UidsCell):
    """The transfer syntax that is answered: chosen by name, or typed."""

    def typed(self, value: tuple[str, ...] | None) -> str:
        return "; ".join(map(registry.labelled, value or ())) or "none"


_COLUMNS = (
    NumberCell("context_id", "ID", "Presentation context id, as it was proposed", 0.6),
    UidCell("abstract_syntax", "Abstract syntax", "What the requestor proposes", 3, when_empty="(not proposed)"),
    UidsCell("proposed", "Proposed", "Transfer syntaxes, in the requestor's order", 3, registry.TRANSFER_SYNTAXES),
    CodeCell("result", "Result", "0 to 4, or any other number up to 255", 2.4, RESULTS),
    _AnsweredCell(
        "transfer_syntaxes",
        "Answered with",
        "One of those proposed, any other by name or UID, or none",
        2.4,
        registry.TRANSFER_SYNTAXES,
    ),
)
_RESULT, _ANSWERED = 3, 4


class AnsweredModel(ItemsModel):
    """Rows of `ContextAnswer`; what the request says stays as it is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_COLUMNS, parent)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags if index.column() in {_RESULT, _ANSWERED} else flags & ~Qt.ItemFlag.ItemIsEditable

    def set_result(self, rows: list[int], result: int | None) -> None:
        """Answer several contexts alike; one edit."""
        for row in rows:
            self.show_answer(row, self.item(row).with_result(result))
        self.edited.emit()

    def show_answer(self, row: int, answer: ContextAnswer) -> None:
        """Another answer in a row; nobody is told that it was edited."""
        self._rows[row].item = answer
        self._rows[row].wrong.clear()
        self._tell(row)


class _Delegate(CellDelegate):
    """Offers the proposed transfer syntaxes of a row, and takes any other."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        model = index.model()
        assert isinstance(model, AnsweredModel)
        if index.column() != _ANSWERED:
            results = super().createEditor(parent, option, index)
            assert isinstance(results, ComboBox)
            results.setCompleter(None)  # type: ignore[arg-type] # a number is enough, and one Enter
            return results
        names = [*map(registry.labelled, model.item(index.row()).proposed), "none"]
        box = ComboBox([(name, name) for name in names], parent)
        box.setEditable(True)
        box.setAccessibleName(_COLUMNS[_ANSWERED].heading)
        return box


class AnsweredTable(ItemsTable):
    """Takes more height than other tables of items, where it has the rows for it: there may be 128."""

    def __init__(self, model: AnsweredModel) -> None:
        super().__init__(model)
        self.setItemDelegate(_Delegate(self))

    def _fit(self) -> None:
        self.setMinimumHeight(self._height_of(_FEWEST_ROWS))
        self.setMaximumHeight(self._height_of(max(self.model().rowCount(), _FEWEST_ROWS)))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height_of(min(self.model().rowCount(), _USUAL_ROWS)))

    def _height_of(self, rows: int) -> int:
        frame = self.horizontalHeader().sizeHint().height() + 2 * self.frameWidth() + 2
        return frame + rows * self.verticalHeader().defaultSectionSize()


class AnsweredContexts(QWidget):
    """Edits what is answered to each context.

    Attributes:
        changed: an answer was edited.
        model, table: the parts.
        button: sets the result of all that are selected.
    """

    changed = Signal()

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.model = AnsweredModel(self)
        self.table = AnsweredTable(self.model)
        tip = "F2 or a double-click edits a result or a transfer syntax"
        named(self.table, f"{object_name}.table", "Answers to the proposed contexts", tip)
        self.setFocusProxy(self.table)
        menu = QMenu(self)
        for result, words in RESULTS:
            menu.addAction(words).triggered.connect(partial(self._set_result, result))
        tip = "The same result for every selected context, or for all when none is selected"
        self.button = MenuButton("Set result", f"{object_name}.set_result", tip, menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self.model.edited.connect(self.changed)

    def value(self) -> tuple[ContextAnswer, ...]:
        return self.model.items()

    def set_value(self, value: tuple[ContextAnswer, ...]) -> None:
        """Show other answers and tell nobody; rows that stay the same keep their selection."""
        shown = self.model.items()
        if len(shown) != len(value):
            self.model.set_items(value)
            first = self.model.index(0, _RESULT)
            self.table.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            return
        for row, answer in enumerate(value):
            if shown[row] != answer:
                self.model.show_answer(row, answer)

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        yield from self.model.typed_problems()

    def _set_result(self, result: int | None, _checked: bool = False) -> None:
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        self.model.set_result(rows or list(range(self.model.rowCount())), result)


class AnsweredField(Field[AnsweredContexts]):
    """The table with its label; rows with problems are marked, and the gravest is said beneath."""

    def __init__(self, object_name: str) -> None:
        tip = "Results and transfer syntaxes, context by context"
        super().__init__("Answers to the proposed &contexts", AnsweredContexts(object_name), object_name, tip)
        self.header.addWidget(self.editor.button)
        self.lines.setStretchFactor(self.editor, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_problems(self, problems: list[Problem]) -> None:
        super().show_problems(problems)
        rows: dict[int, list[Problem]] = {}
        for problem in problems:
            if found := re.match(r"contexts\[(\d+)\]", problem.field):
                rows.setdefault(int(found[1]), []).append(problem)
        self.editor.model.show_problems(rows)
